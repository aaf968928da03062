/** One arc of a state machine: in `from`, `input` causes `action` and leads to `to`. */
export interface Arc<S extends string = string, I extends string = string, A extends string = string> {
  readonly from: S
  readonly input: I
  readonly action: A
  readonly to: S
  /** The section of RFC 2637 that asks for it. */
  readonly section: string
  /** Id of the interpretation on which it rests, if any (docs/interpretations.md). */
  readonly reading?: string
}

/**
 * What a machine does about an input, and the state that follows. `action` is the name of an action
 * of the table, or a function.
 */
export interface Step<S extends string, A extends string, Act> {
  readonly action: A | Act
  readonly to: S
}

/**
 * Finds the arc for an input in a state; undefined where the table has none, and the input is to be
 * ignored.
 */
export function arcFor<A extends Arc>(
  table: readonly A[],
  state: A['from'],
  input: A['input'],
): A | undefined {
  return table.find((arc) => arc.from === state && arc.input === input)
}
