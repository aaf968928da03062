import { encodeControl } from '../../../protocol/control.ts'
import {
  type BodyValues,
  type ControlMessage,
  fieldsOf,
  GeneralError,
  type MessageName,
  PptpMessageType,
} from '../../../protocol/messages.ts'
import { concat } from '../../../protocol/octets.ts'
import type { Instead } from '../fault.ts'

/** The functions of a fault that writes messages otherwise. */
export interface WritingFault extends Instead {
  readonly encode: NonNullable<Instead['encode']>
}

/**
 * Writes some messages otherwise.
 * @param write returns the octet strings to send instead.
 */
export function written(
  concerns: (message: ControlMessage) => boolean,
  write: (message: ControlMessage) => readonly Uint8Array[],
): WritingFault {
  return { encode: (usual, message) => (concerns(message) ? write(message) : usual) }
}

/**
 * Changes values of a message.
 * @param patch returns the other values.
 */
export function patched<N extends MessageName>(
  name: N,
  patch: (message: ControlMessage<N>) => Partial<ControlMessage<N>>,
  when: (message: ControlMessage<N>) => boolean = () => true,
): WritingFault {
  // `message.name === name` implies the type; the compiler cannot infer it.
  const narrow = (message: ControlMessage) => message as unknown as ControlMessage<N>
  return written(
    (message) => message.name === name && when(narrow(message)),
    (message) => [encodeControl({ ...message, ...patch(narrow(message)) } as ControlMessage)],
  )
}

/** Leaves a message out. */
export function dropped(name: MessageName): WritingFault {
  return written(
    (message) => message.name === name,
    () => [],
  )
}

/** Sends a message twice. */
export function repeated(
  name: MessageName,
  when: (message: ControlMessage) => boolean = () => true,
): WritingFault {
  return written(
    (message) => message.name === name && when(message),
    (message) => [encodeControl(message), encodeControl(message)],
  )
}

/** Sends another message in place of one. */
export function replaced<N extends MessageName>(
  name: N,
  by: (message: ControlMessage<N>) => ControlMessage,
  when: (message: ControlMessage<N>) => boolean,
): WritingFault {
  const narrow = (message: ControlMessage) => message as unknown as ControlMessage<N>
  return written(
    (message) => message.name === name && when(narrow(message)),
    (message) => [encodeControl(by(narrow(message)))],
  )
}

/**
 * Changes values of the header of messages.
 * @param concerns which messages; all unless given.
 */
export function header(
  patch: (message: ControlMessage) => Partial<ControlMessage>,
  concerns: (message: ControlMessage) => boolean = () => true,
): WritingFault {
  return written(concerns, (message) => [encodeControl({ ...message, ...patch(message) } as ControlMessage)])
}

/** Changes values of the header of all messages but the start messages. */
export function afterStart(patch: (message: ControlMessage) => Partial<ControlMessage>): WritingFault {
  return header(
    patch,
    ({ name }) => name !== 'Start-Control-Connection-Request' && name !== 'Start-Control-Connection-Reply',
  )
}

/** Limits a fault to connections that were opened again after an error. */
export function onceRestarted({ encode }: WritingFault): WritingFault {
  return {
    encode: (usual, message, restarted) => (restarted ? encode(usual, message, restarted) : usual),
  }
}

/**
 * Replaces an Error Code with Bad-Call ID in all messages.
 * @param code the one to replace.
 */
export function wrongError(code: number): WritingFault {
  return written(
    (message) => 'errorCode' in message && message.errorCode === code,
    (message) => [encodeControl({ ...message, errorCode: GeneralError.badCallId } as ControlMessage)],
  )
}

/** Writes a message with four more octets than it should have, and a Length that counts them. */
export function longer(message: ControlMessage): readonly Uint8Array[] {
  return [concat(encodeControl({ ...message, length: message.length + 4 }), new Uint8Array(4))]
}

/** Writes a message that ends before one of its fields, and a Length to match. */
export function endingBefore<N extends MessageName>(
  name: N,
  field: keyof BodyValues<N> & string,
): (message: ControlMessage) => readonly Uint8Array[] {
  let length = 0
  for (const one of fieldsOf(name)) {
    if (one.name === field) break
    length += one.size
  }
  return (message) => [encodeControl({ ...message, length }).subarray(0, length)]
}

/** Swaps the two octets of a 16-bit number. */
export function swapped(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8)
}

export const OTHER_COOKIE = { magicCookie: 0x4d3c2b1a }
export const MANAGEMENT = { pptpMessageType: PptpMessageType.management }
export const TYPE_SWAPPED = ({ controlMessageType }: ControlMessage) => ({
  controlMessageType: swapped(controlMessageType),
})

export const success = ({ resultCode }: { readonly resultCode: number }) => resultCode === 1
export const failure = ({ resultCode }: { readonly resultCode: number }) => resultCode !== 1

export const START_REPLY = 'Start-Control-Connection-Reply'
export const START_REQUEST = 'Start-Control-Connection-Request'
export const CALL_REPLY = 'Outgoing-Call-Reply'
export const INCOMING_REPLY = 'Incoming-Call-Reply'
export const NOTIFY = 'Call-Disconnect-Notify'
export const CALL_REQUEST = 'Outgoing-Call-Request'
export const CLEAR_REQUEST = 'Call-Clear-Request'
export const LINK_INFO = 'Set-Link-Info'

export const hasNumber = ({ phoneNumber }: ControlMessage<typeof CALL_REQUEST>) => phoneNumber !== ''
export const wasRequested = ({ resultCode }: ControlMessage<typeof NOTIFY>) => resultCode === 4

/** Sets the top bit of each octet so that the number of its ones is even. */
export function withParity(text: string): string {
  const ones = (code: number) => code.toString(2).replaceAll('0', '').length
  return String.fromCharCode(
    ...Array.from(text, (character) => character.charCodeAt(0)).map((code) => code | ((ones(code) & 1) << 7)),
  )
}

/**
 * A log line on the connection. A program that inetd starts may send one by mistake: its standard
 * error is the connection.
 */
export const TEXT = Uint8Array.from('pptp: bad protocol version\n', (character) => character.charCodeAt(0))
