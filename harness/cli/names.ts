/** What is tested when nobody says: a server and a client. */
export const DEFAULT_IMPLEMENTATIONS: readonly string[] = ['pptpd-1.5.0', 'pptp-linux-1.10.0']

/** How the embedded reference is called. */
export const REFERENCE = 'reference'

/** How a client is called that dials us, unless it has a name. */
export const CLIENT = 'client'

/** What `pptpspec list` can list. */
export const LISTS = ['scenarios', 'requirements', 'implementations', 'mutants', 'interop'] as const
