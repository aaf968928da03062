import { type DecodedMessage, describeControl } from '../protocol/control.ts'
import type { ControlMessage, MessageName } from '../protocol/messages.ts'

/** What a tester sees when it waits on a control connection. */
export type Observation =
  | { readonly kind: 'message'; readonly message: DecodedMessage; readonly entry: number }
  /** Octets that are no message: a wrong Magic Cookie or an impossible Length. */
  | { readonly kind: 'out-of-step'; readonly detail: string; readonly entry: number }
  /** The IUT closed: how is recorded, and only judged where the RFC tells the ways apart. */
  | { readonly kind: 'closed'; readonly how: 'FIN' | 'RST'; readonly entry: number }
  /** Nothing came in the window, in ms. */
  | { readonly kind: 'silence'; readonly waited: number }

/** A control message and the trace entry that completed it. */
export interface Received<N extends MessageName = MessageName> {
  readonly message: ControlMessage<N>
  readonly entry: number
}

/** An observation in words, safe to print. */
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

/** Fields that tell one message of a kind from another, in a line. */
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

/** A message in a line: its name and the fields that matter most. */
export function describeMessage(message: DecodedMessage): string {
  const fields = describeControl(message).filter(
    (field) =>
      TELLING.has(field.name) && (message.name === 'unrecognized' || field.name !== 'controlMessageType'),
  )
  const name = message.name === 'unrecognized' ? `an unrecognized message (${message.reason})` : message.name
  return fields.length === 0 ? name : `${name} with ${fields.map((f) => `${f.label} ${f.shown}`).join(', ')}`
}

/** The observation's trace entry, where it has one. */
export function entryOf(observation: Observation): number | undefined {
  return observation.kind === 'silence' ? undefined : observation.entry
}

/** The observation as the message called `name`, if it is that. */
export function receivedAs<N extends MessageName>(
  observation: Observation,
  name: N,
): Received<N> | undefined {
  if (observation.kind !== 'message' || observation.message.name !== name) return undefined
  return { message: observation.message as unknown as ControlMessage<N>, entry: observation.entry }
}
