/** What is tested when nobody says. */
export const DEFAULT_IMPLEMENTATION = 'pptpd-1.4.0'

/** How the embedded reference is called. */
export const REFERENCE = 'reference'

/** How a client is called that dials us, unless it has a name. */
export const CLIENT = 'client'

/** What `pptpspec list` can list. */
export const LISTS = ['scenarios', 'requirements', 'implementations', 'mutants'] as const
