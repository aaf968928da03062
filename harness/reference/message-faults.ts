import { controlMessage, encodeControl } from '../protocol/control.ts'
import {
  type BodyValues,
  type ControlMessage,
  fieldsOf,
  GeneralError,
  HEADER_SIZE,
  type MessageName,
  PptpMessageType,
  PROTOCOL_VERSION,
} from '../protocol/messages.ts'
import { concat, writeUint16 } from '../protocol/octets.ts'
import type { FaultName, Faults } from './faults.ts'
import { swapped } from './start-reply-faults.ts'

/** A fault that lies wholly in how one message is written. */
interface MessageFault {
  readonly fault: FaultName
  readonly concerns: (message: ControlMessage) => boolean
  /** From the message to the octets sent for it: none, spoilt, or more than once. */
  readonly write: (message: ControlMessage) => readonly Uint8Array[]
}

function patched<N extends MessageName>(
  fault: FaultName,
  name: N,
  patch: (message: ControlMessage<N>) => Partial<ControlMessage<N>>,
  when: (message: ControlMessage<N>) => boolean = () => true,
): MessageFault {
  // The name decides the type; the compiler cannot follow that through the table.
  const narrow = (message: ControlMessage) => message as unknown as ControlMessage<N>
  return {
    fault,
    concerns: (message) => message.name === name && when(narrow(message)),
    write: (message) => [encodeControl({ ...message, ...patch(narrow(message)) } as ControlMessage)],
  }
}

function dropped(fault: FaultName, name: MessageName): MessageFault {
  return { fault, concerns: (message) => message.name === name, write: () => [] }
}

function repeated(
  fault: FaultName,
  name: MessageName,
  when: (message: ControlMessage) => boolean = () => true,
): MessageFault {
  return {
    fault,
    concerns: (message) => message.name === name && when(message),
    write: (message) => [encodeControl(message), encodeControl(message)],
  }
}

/**
 * A fault of the header that every message has; `afterStart` spares the start messages, so that the
 * connection gets going.
 */
function header(
  fault: FaultName,
  afterStart: boolean,
  patch: (message: ControlMessage) => Partial<ControlMessage>,
): MessageFault {
  return {
    fault,
    concerns: ({ name }) =>
      !afterStart ||
      (name !== 'Start-Control-Connection-Request' && name !== 'Start-Control-Connection-Reply'),
    write: (message) => [encodeControl({ ...message, ...patch(message) } as ControlMessage)],
  }
}

const OTHER_COOKIE = { magicCookie: 0x4d3c2b1a }
const MANAGEMENT = { pptpMessageType: PptpMessageType.management }
const TYPE_SWAPPED = ({ controlMessageType }: ControlMessage) => ({
  controlMessageType: swapped(controlMessageType),
})

const success = ({ resultCode }: { readonly resultCode: number }) => resultCode === 1
const failure = ({ resultCode }: { readonly resultCode: number }) => resultCode !== 1

/** Reports one general error as Bad-Call ID, in whatever message it is. */
function wrongError(fault: FaultName, code: number): MessageFault {
  return {
    fault,
    concerns: (message) => 'errorCode' in message && message.errorCode === code,
    write: (message) => [encodeControl({ ...message, errorCode: GeneralError.badCallId } as ControlMessage)],
  }
}

/** A message with four octets more than its table has, and a Length that says so. */
function longer(message: ControlMessage): readonly Uint8Array[] {
  return [concat(encodeControl({ ...message, length: message.length + 4 }), new Uint8Array(4))]
}

/** A message cut before one of its fields, and a Length that says so. */
function endingBefore<N extends MessageName>(
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

/** Another message in the place of one. */
function replaced<N extends MessageName>(
  fault: FaultName,
  name: N,
  by: (message: ControlMessage<N>) => ControlMessage,
  when: (message: ControlMessage<N>) => boolean,
): MessageFault {
  const narrow = (message: ControlMessage) => message as unknown as ControlMessage<N>
  return {
    fault,
    concerns: (message) => message.name === name && when(narrow(message)),
    write: (message) => [encodeControl(by(narrow(message)))],
  }
}

const START_REPLY = 'Start-Control-Connection-Reply'
const START_REQUEST = 'Start-Control-Connection-Request'
const CALL_REPLY = 'Outgoing-Call-Reply'
const INCOMING_REPLY = 'Incoming-Call-Reply'
const NOTIFY = 'Call-Disconnect-Notify'
const CALL_REQUEST = 'Outgoing-Call-Request'
const CLEAR_REQUEST = 'Call-Clear-Request'
const LINK_INFO = 'Set-Link-Info'

const hasNumber = ({ phoneNumber }: ControlMessage<typeof CALL_REQUEST>) => phoneNumber !== ''
const wasRequested = ({ resultCode }: ControlMessage<typeof NOTIFY>) => resultCode === 4

/** Each octet with a top bit that makes the number of its ones even. */
function withParity(text: string): string {
  const ones = (code: number) => code.toString(2).replaceAll('0', '').length
  return String.fromCharCode(
    ...Array.from(text, (character) => character.charCodeAt(0)).map((code) => code | ((ones(code) & 1) << 7)),
  )
}

/**
 * What a program that was started by inetd prints when it means its log: the connection is its
 * standard error.
 */
const TEXT = Uint8Array.from('pptp: bad protocol version\n', (character) => character.charCodeAt(0))

const MESSAGE_FAULTS: readonly MessageFault[] = [
  header('reserved0-nonzero-sent', false, () => ({ reserved0: 0x00ff })),
  header('magic-cookie-wrong-sent', true, () => OTHER_COOKIE),
  header('message-type-wrong-sent', true, () => MANAGEMENT),
  header('length-off-by-one-sent', true, ({ length }) => ({ length: length - 1 })),

  dropped('ignores-start', START_REPLY),
  repeated('start-reply-twice', START_REPLY),
  {
    fault: 'start-reply-wrong-length',
    concerns: ({ name }) => name === START_REPLY,
    write: longer,
  },
  patched('start-reply-reserved-type', START_REPLY, () => ({ controlMessageType: 16 })),
  patched('start-reply-unauthorized', START_REPLY, () => ({ resultCode: 4 }), success),
  patched('start-reply-result-0', START_REPLY, () => ({ resultCode: 0 }), success),
  patched('start-reply-error-with-success', START_REPLY, () => ({ errorCode: 6 }), success),
  patched('start-reply-undefined-framing-bits', START_REPLY, (m) => ({
    framingCapabilities: m.framingCapabilities | 0x0100,
  })),
  patched('start-reply-undefined-bearer-bits', START_REPLY, (m) => ({
    bearerCapabilities: m.bearerCapabilities | 0x0100,
  })),
  patched('start-reply-no-capabilities', START_REPLY, () => ({
    framingCapabilities: 0,
    bearerCapabilities: 0,
  })),
  patched('start-reply-version-0', START_REPLY, () => ({ protocolVersion: 0 })),
  patched('start-reply-garbage-after-hostname', START_REPLY, (m) => ({
    hostName: `${m.hostName}\0left over from another use`,
  })),
  patched('start-reply-garbage-after-vendor', START_REPLY, (m) => ({
    vendorName: `${m.vendorName}\0left over`,
  })),
  patched(
    'version-refusal-error-set',
    START_REPLY,
    () => ({ errorCode: 3 }),
    (m) => m.resultCode === 5,
  ),
  patched(
    'version-refusal-wrong-result',
    START_REPLY,
    () => ({ resultCode: 4 }),
    (m) => m.resultCode === 5,
  ),
  patched(
    'exists-refusal-wrong-result',
    START_REPLY,
    () => ({ resultCode: 4 }),
    (m) => m.resultCode === 3,
  ),
  wrongError('not-connected-wrong-error', GeneralError.notConnected),
  wrongError('bad-format-wrong-error', GeneralError.badFormat),
  dropped('stop-closes-without-reply', 'Stop-Control-Connection-Reply'),
  patched('stop-reply-result-0', 'Stop-Control-Connection-Reply', () => ({ resultCode: 0 })),
  patched('stop-reply-error-set', 'Stop-Control-Connection-Reply', () => ({ errorCode: 6 }), success),
  patched('stop-reply-reserved-nonzero', 'Stop-Control-Connection-Reply', () => ({ reserved1: 1 })),
  repeated('stop-reply-twice', 'Stop-Control-Connection-Reply'),

  dropped('echo-no-reply', 'Echo-Reply'),
  repeated('echo-reply-twice', 'Echo-Reply'),
  patched('echo-wrong-identifier', 'Echo-Reply', (m) => ({ identifier: (m.identifier ^ 1) >>> 0 })),
  patched('echo-reply-result-0', 'Echo-Reply', () => ({ resultCode: 0 }), success),
  patched('echo-reply-error-set', 'Echo-Reply', () => ({ errorCode: 6 }), success),
  patched('echo-reply-reserved-nonzero', 'Echo-Reply', () => ({ reserved1: 0xffff })),

  dropped('call-reply-missing', CALL_REPLY),
  repeated('call-reply-twice', CALL_REPLY),
  {
    fault: 'call-reply-without-delay',
    concerns: ({ name }) => name === CALL_REPLY,
    write: endingBefore(CALL_REPLY, 'packetProcessingDelay'),
  },
  patched('call-reply-wrong-peer-id', CALL_REPLY, (m) => ({ peersCallId: m.peersCallId ^ 0x0100 })),
  patched('call-reply-result-0', CALL_REPLY, () => ({ resultCode: 0 }), success),
  patched('call-reply-error-with-success', CALL_REPLY, () => ({ errorCode: 6 }), success),
  patched('call-reply-speed-out-of-range', CALL_REPLY, () => ({ connectSpeed: 0 }), success),
  patched('call-reply-speed-above-maximum', CALL_REPLY, () => ({ connectSpeed: 0xffffffff }), success),
  patched('call-reply-window-zero', CALL_REPLY, () => ({ packetRecvWindowSize: 0 }), success),
  patched(
    'call-refusal-without-error',
    CALL_REPLY,
    () => ({ errorCode: 0 }),
    (m) => m.resultCode === 2,
  ),
  patched(
    'call-refusal-undefined-error',
    CALL_REPLY,
    () => ({ errorCode: 7 }),
    (m) => m.resultCode === 2,
  ),
  patched(
    'call-refusal-wrong-error',
    CALL_REPLY,
    () => ({ errorCode: GeneralError.notConnected }),
    (m) => m.resultCode === 2,
  ),
  patched('call-refusal-undefined-result', CALL_REPLY, () => ({ resultCode: 8, errorCode: 0 }), failure),

  dropped('clear-no-notify', NOTIFY),
  repeated('clear-notify-twice', NOTIFY),
  patched(
    'clear-wrong-result',
    NOTIFY,
    () => ({ resultCode: 1 }),
    (m) => m.resultCode === 4,
  ),
  patched('clear-result-0', NOTIFY, () => ({ resultCode: 0 })),
  patched(
    'clear-error-set',
    NOTIFY,
    () => ({ errorCode: 5 }),
    (m) => m.resultCode !== 2,
  ),
  patched('clear-reserved-nonzero', NOTIFY, () => ({ reserved1: 1 })),
  patched('clear-garbage-after-statistics', NOTIFY, () => ({ callStatistics: 'none\0left over' })),

  dropped('incoming-reply-missing', INCOMING_REPLY),
  patched('incoming-reply-wrong-peer-id', INCOMING_REPLY, (m) => ({ peersCallId: m.peersCallId ^ 0x0100 })),
  patched('incoming-reply-result-0', INCOMING_REPLY, () => ({ resultCode: 0 })),
  patched('incoming-reply-error-with-success', INCOMING_REPLY, () => ({ errorCode: 6 }), success),
  patched('incoming-reply-window-zero', INCOMING_REPLY, () => ({ packetRecvWindowSize: 0 }), success),
  patched('incoming-reply-reserved-nonzero', INCOMING_REPLY, () => ({ reserved1: 1 })),

  patched('start-request-reserved-nonzero', START_REQUEST, () => ({ reserved1: 1 })),
  patched('start-request-version-0', START_REQUEST, () => ({ protocolVersion: 0 })),
  patched('start-request-version-swapped', START_REQUEST, () => ({
    protocolVersion: PROTOCOL_VERSION >> 8,
  })),
  patched('start-request-undefined-framing-bits', START_REQUEST, (m) => ({
    framingCapabilities: m.framingCapabilities | 0x0100,
  })),
  patched('start-request-undefined-bearer-bits', START_REQUEST, (m) => ({
    bearerCapabilities: m.bearerCapabilities | 0x0100,
  })),
  patched(
    'start-request-channels-as-pns',
    START_REQUEST,
    () => ({ maximumChannels: 8 }),
    (m) => m.maximumChannels === 0,
  ),
  patched('start-request-garbage-after-hostname', START_REQUEST, (m) => ({
    hostName: `${m.hostName}\0left over`,
  })),
  { fault: 'start-request-wrong-length', concerns: ({ name }) => name === START_REQUEST, write: longer },
  patched('call-request-undefined-bearer', CALL_REQUEST, () => ({ bearerType: 4 })),
  patched('call-request-undefined-framing', CALL_REQUEST, () => ({ framingType: 0 })),
  patched('call-request-reserved-nonzero', CALL_REQUEST, () => ({ reserved1: 1 })),
  patched('call-request-window-zero', CALL_REQUEST, () => ({ packetRecvWindowSize: 0 })),
  patched('call-request-speeds-inverted', CALL_REQUEST, (m) => ({
    minimumBps: m.maximumBps,
    maximumBps: m.minimumBps,
  })),
  patched(
    'call-request-phone-number-missing',
    CALL_REQUEST,
    () => ({ phoneNumber: '' }),
    (m) => m.phoneNumber !== '',
  ),
  patched(
    'call-request-garbage-after-phone-number',
    CALL_REQUEST,
    (m) => ({ phoneNumber: `${m.phoneNumber}\0left over` }),
    (m) => m.phoneNumber.length < 50,
  ),
  patched('call-request-phone-number-length-wrong', CALL_REQUEST, () => ({ phoneNumberLength: 65 })),
  patched('clear-request-wrong-call-id', 'Call-Clear-Request', (m) => ({ callId: m.callId ^ 0x0100 })),
  patched('clear-request-reserved-nonzero', 'Call-Clear-Request', () => ({ reserved1: 1 })),
  dropped('stop-request-missing', 'Stop-Control-Connection-Request'),
  patched('stop-request-undefined-reason', 'Stop-Control-Connection-Request', () => ({ reason: 0 })),
  patched('stop-request-reserved-nonzero', 'Stop-Control-Connection-Request', () => ({
    reserved1: 1,
    reserved2: 1,
  })),

  // On rare occasions only, so that few plays come by
  {
    fault: 'refusal-type-swapped',
    concerns: (message) => message.name.endsWith('-Reply') && 'resultCode' in message && failure(message),
    write: (message) => [encodeControl({ ...message, ...TYPE_SWAPPED(message) } as ControlMessage)],
  },
  patched('start-refusal-wrong-cookie', START_REPLY, () => OTHER_COOKIE, failure),
  patched('start-refusal-management-type', START_REPLY, () => MANAGEMENT, failure),
  {
    fault: 'version-refusal-as-text',
    concerns: (message) => message.name === START_REPLY && message.resultCode === 5,
    write: () => [TEXT],
  },
  patched('stop-request-type-swapped', 'Stop-Control-Connection-Request', TYPE_SWAPPED),
  patched('echo-request-type-swapped', 'Echo-Request', TYPE_SWAPPED, ({ identifier }) => identifier > 1),
  patched(
    'echo-high-identifier-refused',
    'Echo-Reply',
    () => ({ resultCode: 2, errorCode: GeneralError.badValue }),
    (m) => success(m) && m.identifier > 0x7fffffff,
  ),
  patched('call-request-type-swapped', CALL_REQUEST, TYPE_SWAPPED, hasNumber),
  patched(
    'call-request-number-with-parity',
    CALL_REQUEST,
    (m) => ({ phoneNumber: withParity(m.phoneNumber) }),
    hasNumber,
  ),
  patched(
    'call-request-garbage-after-subaddress',
    CALL_REQUEST,
    (m) => ({ subaddress: `${m.subaddress}\0left over` }),
    hasNumber,
  ),
  replaced(
    'outgoing-refusal-as-incoming',
    CALL_REPLY,
    ({ peersCallId, resultCode, errorCode }) =>
      controlMessage(INCOMING_REPLY, { peersCallId, resultCode, errorCode }),
    ({ errorCode }) => errorCode === GeneralError.badCallId,
  ),
  replaced(
    'incoming-refusal-as-outgoing',
    INCOMING_REPLY,
    ({ peersCallId, resultCode, errorCode }) =>
      controlMessage(CALL_REPLY, { peersCallId, resultCode, errorCode }),
    failure,
  ),
  repeated('incoming-refusal-twice', INCOMING_REPLY, (m) => 'resultCode' in m && failure(m)),
  patched('clear-request-wrong-cookie', CLEAR_REQUEST, () => OTHER_COOKIE),
  patched('clear-request-management-type', CLEAR_REQUEST, () => MANAGEMENT),
  patched('clear-request-type-swapped', CLEAR_REQUEST, TYPE_SWAPPED),
  { fault: 'clear-request-wrong-length', concerns: ({ name }) => name === CLEAR_REQUEST, write: longer },
  patched('clear-notify-wrong-cookie', NOTIFY, () => OTHER_COOKIE, wasRequested),
  patched('clear-notify-type-swapped', NOTIFY, TYPE_SWAPPED, wasRequested),
  {
    fault: 'clear-notify-without-statistics',
    concerns: (message) => message.name === NOTIFY && wasRequested(message),
    write: endingBefore(NOTIFY, 'callStatistics'),
  },
  patched('clear-statistics-latin-1', NOTIFY, () => ({ callStatistics: 'dur\u00e9e: 0 s' }), wasRequested),
  replaced(
    'clear-answered-in-kind',
    NOTIFY,
    ({ callId }) => controlMessage(CLEAR_REQUEST, { callId }),
    wasRequested,
  ),
  patched('link-info-wrong-cookie', LINK_INFO, () => OTHER_COOKIE),
  patched('link-info-management-type', LINK_INFO, () => MANAGEMENT),
  patched('link-info-type-swapped', LINK_INFO, TYPE_SWAPPED),
  { fault: 'link-info-wrong-length', concerns: ({ name }) => name === LINK_INFO, write: longer },
  patched('link-info-reserved-nonzero', LINK_INFO, () => ({ reserved0: 1, reserved1: 1 })),
]

/**
 * For a connection that is opened again after an error: some of its start request, and all others.
 */
export const RESTART_FAULTS: readonly MessageFault[] = [
  dropped('restart-without-start', START_REQUEST),
  patched('restart-wrong-cookie', START_REQUEST, () => OTHER_COOKIE),
  patched('restart-management-type', START_REQUEST, () => MANAGEMENT),
  patched('restart-type-swapped', START_REQUEST, TYPE_SWAPPED),
  patched('restart-garbage-after-vendor', START_REQUEST, (m) => ({
    vendorName: `${m.vendorName}\0left over`,
  })),
  ...MESSAGE_FAULTS,
]

/**
 * The octet strings to send for a message: one, unless a fault says otherwise. Each is handed to
 * TCP on its own.
 */
export function writeMessage(
  message: ControlMessage,
  faults: Faults,
  table: readonly MessageFault[] = MESSAGE_FAULTS,
): readonly Uint8Array[] {
  for (const { fault, concerns, write } of table)
    if (concerns(message) && faults.has(fault)) return write(message)
  return [encodeControl(message)]
}

/** Cuts or fills a message to what its Control Message Type calls for, and corrects its Length. */
export function forceSize(octets: Uint8Array, size: number): Uint8Array {
  const forced = new Uint8Array(Math.max(size, HEADER_SIZE))
  forced.set(octets.subarray(0, forced.length))
  writeUint16(forced, 0, size)
  return forced
}
