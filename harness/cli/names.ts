/** The implementations that are tested if none is named: a server and a client. */
export const DEFAULT_IMPLEMENTATIONS: readonly string[] = ['pptpd-1.5.0', 'pptp-linux-1.10.0']

/** The name of the embedded reference. */
export const REFERENCE = 'reference'

/** The name of a remote client that dials us, unless it is given one. */
export const CLIENT = 'client'

/** The lists of `pptpspec list`. */
export const LISTS = ['scenarios', 'requirements', 'implementations', 'mutants', 'habits', 'interop'] as const
