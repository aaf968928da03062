import type { BodyValues, MessageName } from '../../harness/protocol/messages.ts'
import { type Evidence, fieldOf } from '../../harness/scenario/evidence.ts'
import { type Expectation, is } from '../../harness/scenario/expectation.ts'
import type { Received } from '../../harness/scenario/observation.ts'

/** Text fields of control messages, which are filled up with zeros. */

/** The names of a message's text fields. */
type TextField<N extends MessageName> = {
  [F in keyof BodyValues<N> & string]: BodyValues<N>[F] extends string ? F : never
}[keyof BodyValues<N> & string]

/** A text field with all that follows its first zero. */
export function textIn<N extends MessageName>(received: Received<N>, field: TextField<N>): Evidence<string> {
  const { seen, entry } = fieldOf(received, field)
  return { value: (received.message as unknown as Record<string, string>)[field] ?? '', seen, entry }
}

/** Text after which only zeros come: `what` is it. */
export function onlyZerosAfter(what: string): Expectation<string> {
  return is(`nothing but zeros after the ${what}`, (text) => !text.includes('\0'))
}
