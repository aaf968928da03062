/** One arc of a state machine: in `from`, `input` causes `action` and leads to `to`. */
export interface Arc<S extends string = string, I extends string = string, A extends string = string> {
  readonly from: S
  readonly input: I
  readonly action: A
  readonly to: S
  /** Where RFC 2637 calls for it. */
  readonly section: string
  /** The reading it leans on, where the text alone does not decide (docs/interpretations.md). */
  readonly reading?: string
}

/**
 * What a machine does about an input, and the state that follows: an arc's action by its name, or
 * an action that is given in full.
 */
export interface Step<S extends string, A extends string, Act> {
  readonly action: A | Act
  readonly to: S
}

/**
 * The arc for an input in a state; undefined where the table has none: the input is ignored there.
 */
export function arcFor<A extends Arc>(
  table: readonly A[],
  state: A['from'],
  input: A['input'],
): A | undefined {
  return table.find((arc) => arc.from === state && arc.input === input)
}
