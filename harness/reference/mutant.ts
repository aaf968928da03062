/** What one mutant does wrong. A mutant is the reference peer with exactly one fault. */
export interface Mutant {
  /** What it does, in one line. */
  readonly title: string
  /** Where RFC 2637 says otherwise, or a document of PPP: `RFC 1994 4.2`. */
  readonly section: string
  /** Ids of the requirements that it breaks. */
  readonly breaks: readonly string[]
  /** Ids of others that fail in consequence. */
  readonly consequences?: readonly string[]
  /**
   * `originator`: shows only in a peer that opens connections, places calls or ends them of its own
   * accord; no recipient's scenario reaches it.
   */
  readonly iut?: 'originator'
}
