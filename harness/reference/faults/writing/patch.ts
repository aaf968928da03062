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

/** How a fault writes messages. */
export interface WritingFault extends Instead {
  readonly encode: NonNullable<Instead['encode']>
}

/** Messages that are written in another way: not at all, spoilt, or more than once. */
export function written(
  concerns: (message: ControlMessage) => boolean,
  write: (message: ControlMessage) => readonly Uint8Array[],
): WritingFault {
  return { encode: (usual, message) => (concerns(message) ? write(message) : usual) }
}

/** Some values of one message are others. */
export function patched<N extends MessageName>(
  name: N,
  patch: (message: ControlMessage<N>) => Partial<ControlMessage<N>>,
  when: (message: ControlMessage<N>) => boolean = () => true,
): WritingFault {
  // The name decides the type; the compiler cannot follow that.
  const narrow = (message: ControlMessage) => message as unknown as ControlMessage<N>
  return written(
    (message) => message.name === name && when(narrow(message)),
    (message) => [encodeControl({ ...message, ...patch(narrow(message)) } as ControlMessage)],
  )
}

export function dropped(name: MessageName): WritingFault {
  return written(
    (message) => message.name === name,
    () => [],
  )
}

export function repeated(
  name: MessageName,
  when: (message: ControlMessage) => boolean = () => true,
): WritingFault {
  return written(
    (message) => message.name === name && when(message),
    (message) => [encodeControl(message), encodeControl(message)],
  )
}

/** Another message in the place of one. */
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

/** Values of the header that every message has. */
export function header(
  patch: (message: ControlMessage) => Partial<ControlMessage>,
  concerns: (message: ControlMessage) => boolean = () => true,
): WritingFault {
  return written(concerns, (message) => [encodeControl({ ...message, ...patch(message) } as ControlMessage)])
}

/** The same, but for the start messages, so that the connection gets going. */
export function afterStart(patch: (message: ControlMessage) => Partial<ControlMessage>): WritingFault {
  return header(
    patch,
    ({ name }) => name !== 'Start-Control-Connection-Request' && name !== 'Start-Control-Connection-Reply',
  )
}

/** Only on a connection that was opened again after an error. */
export function onceRestarted({ encode }: WritingFault): WritingFault {
  return {
    encode: (usual, message, restarted) => (restarted ? encode(usual, message, restarted) : usual),
  }
}

/** Reports one general error as Bad-Call ID, in whatever message it is. */
export function wrongError(code: number): WritingFault {
  return written(
    (message) => 'errorCode' in message && message.errorCode === code,
    (message) => [encodeControl({ ...message, errorCode: GeneralError.badCallId } as ControlMessage)],
  )
}

/** A message with four octets more than its table has, and a Length that says so. */
export function longer(message: ControlMessage): readonly Uint8Array[] {
  return [concat(encodeControl({ ...message, length: message.length + 4 }), new Uint8Array(4))]
}

/** A message cut before one of its fields, and a Length that says so. */
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

/** The octets of a 16-bit number the other way round. */
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

/** Each octet with a top bit that makes the number of its ones even. */
export function withParity(text: string): string {
  const ones = (code: number) => code.toString(2).replaceAll('0', '').length
  return String.fromCharCode(
    ...Array.from(text, (character) => character.charCodeAt(0)).map((code) => code | ((ones(code) & 1) << 7)),
  )
}

/**
 * What a program that was started by inetd prints when it means its log: the connection is its
 * standard error.
 */
export const TEXT = Uint8Array.from('pptp: bad protocol version\n', (character) => character.charCodeAt(0))
