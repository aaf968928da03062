/** What is tested when nobody says. */
export const DEFAULT_IMPLEMENTATION = 'pptpd-1.4.0'

/** How the embedded reference is called. */
export const REFERENCE = 'reference'

/** What `pptpspec list` can list. */
export const LISTS = ['scenarios', 'requirements', 'implementations', 'mutants'] as const
