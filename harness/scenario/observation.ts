import { type DecodedMessage, describeControl } from '../protocol/control.ts'
import type { ControlMessage, MessageName } from '../protocol/messages.ts'

/** What a tester sees when it waits on a control connection. */
export type Observation =
  | { readonly kind: 'message'; readonly message: DecodedMessage; readonly entry: number }
  /** Octets that are not a message, because of a wrong Magic Cookie or an impossible Length. */
  | { readonly kind: 'out-of-step'; readonly detail: string; readonly entry: number }
  /**
   * The IUT closed the connection. `how` is judged only where the RFC distinguishes FIN and RST.
   */
  | { readonly kind: 'closed'; readonly how: 'FIN' | 'RST'; readonly entry: number }
  /** Nothing came for `waited` ms. */
  | { readonly kind: 'silence'; readonly waited: number }

/** A control message, and the index of the trace entry that brought its last octet. */
export interface Received<N extends MessageName = MessageName> {
  readonly message: ControlMessage<N>
  readonly entry: number
}

/** Returns an observation in words, safe to print. */
export function describeObservation(observation: Observation): string {
  switch (observation.kind) {
    case 'message':
      return describeMessage(observation.message)
    case 'out-of-step':
      return `octets that are no control message: ${observation.detail}`
    case 'closed':
      return `the connection closed (${observation.how})`
    case 'silence':
      return `nothing for ${Math.round(observation.waited)} ms`
  }
}

/** The fields that `describeMessage` shows. */
const TELLING = new Set([
  'protocolVersion',
  'reason',
  'resultCode',
  'errorCode',
  'identifier',
  'callId',
  'peersCallId',
  'controlMessageType',
])

/** Returns a message in one line: its name and its most important fields. */
export function describeMessage(message: DecodedMessage): string {
  const fields = describeControl(message).filter(
    (field) =>
      TELLING.has(field.name) && (message.name === 'unrecognized' || field.name !== 'controlMessageType'),
  )
  const name = message.name === 'unrecognized' ? `an unrecognized message (${message.reason})` : message.name
  return fields.length === 0 ? name : `${name} with ${fields.map((f) => `${f.label} ${f.shown}`).join(', ')}`
}

/** Returns the index of the observation's trace entry; undefined for silence. */
export function entryOf(observation: Observation): number | undefined {
  return observation.kind === 'silence' ? undefined : observation.entry
}

/** Returns the observation as the message called `name`; undefined if it is not that message. */
export function receivedAs<N extends MessageName>(
  observation: Observation,
  name: N,
): Received<N> | undefined {
  if (observation.kind !== 'message' || observation.message.name !== name) return undefined
  return { message: observation.message as unknown as ControlMessage<N>, entry: observation.entry }
}
