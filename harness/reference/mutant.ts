/** Describes a mutant: the reference peer with exactly one fault. */
export interface Mutant {
  /** Says in one line what the mutant does. */
  readonly title: string
  /** The section that it violates, of RFC 2637 or of a document of PPP: `RFC 1994 4.2`. */
  readonly section: string
  /** Ids of the requirements that it breaks. */
  readonly breaks: readonly string[]
  /** Ids of other requirements that fail in consequence. */
  readonly consequences?: readonly string[]
  /**
   * `originator`: the fault shows only in a peer that opens connections, or places or ends calls
   * itself. No scenario for a recipient reaches it.
   */
  readonly iut?: 'originator'
}
