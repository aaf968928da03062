import type { BodyValues, MessageName } from '../../harness/protocol/messages.ts'
import { type Evidence, fieldOf } from '../../harness/scenario/evidence.ts'
import { type Expectation, is } from '../../harness/scenario/expectation.ts'
import type { Received } from '../../harness/scenario/observation.ts'

/** Text fields of control messages, which zero octets fill up. */

/** The names of a message's text fields. */
type TextField<N extends MessageName> = {
  [F in keyof BodyValues<N> & string]: BodyValues<N>[F] extends string ? F : never
}[keyof BodyValues<N> & string]

/** A text field with all that follows its first zero octet, as evidence. */
export function textIn<N extends MessageName>(received: Received<N>, field: TextField<N>): Evidence<string> {
  const { seen, entry } = fieldOf(received, field)
  return { value: (received.message as unknown as Record<string, string>)[field] ?? '', seen, entry }
}

/** Expects only zeros after the text; `what` names the text. */
export function onlyZerosAfter(what: string): Expectation<string> {
  return is(`nothing but zeros after the ${what}`, (text) => !text.includes('\0'))
}
