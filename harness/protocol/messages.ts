/**
 * The fifteen control messages of RFC 2637 sections 2.1 to 2.15, one table each. Decoding,
 * encoding, types, validation and documentation all derive from these tables; the offsets of fields
 * are defined nowhere else.
 */

/** The values of a field that RFC 2637 defines. */
export type Legal =
  /** Every value is meaningful. */
  | { readonly kind: 'any' }
  /** Exactly this value. */
  | { readonly kind: 'constant'; readonly value: number }
  /** Reserved: MUST be sent as 0 (section 2, page 10). */
  | { readonly kind: 'reserved' }
  /** An enumeration of code points and their short names. */
  | { readonly kind: 'codes'; readonly codes: Readonly<Record<number, string>> }
  /** A set of bits and their short names. */
  | { readonly kind: 'bits'; readonly bits: Readonly<Record<number, string>> }

export interface NumberField<N extends string = string> {
  readonly kind: 'number'
  readonly name: N
  /** The RFC's name. */
  readonly label: string
  /** Octets. */
  readonly size: 1 | 2 | 4
  readonly legal: Legal
  /** How it is printed: hexadecimal for cookies, versions, identifiers and maps. */
  readonly show: 'decimal' | 'hex'
}

/**
 * An octet string of fixed size, zero-filled at its end; its value is Latin-1 text without those
 * zeros.
 */
export interface TextField<N extends string = string> {
  readonly kind: 'text'
  readonly name: N
  readonly label: string
  readonly size: 64 | 128
}

export type Field = NumberField | TextField

const ANY: Legal = { kind: 'any' }

function number<const N extends string>(
  size: 1 | 2 | 4,
  name: N,
  label: string,
  legal: Legal = ANY,
  show: 'decimal' | 'hex' = 'decimal',
): NumberField<N> {
  return { kind: 'number', name, label, size, legal, show }
}
const u8 = <const N extends string>(name: N, label: string, legal?: Legal) => number(1, name, label, legal)
const u16 = <const N extends string>(name: N, label: string, legal?: Legal) => number(2, name, label, legal)
const u32 = <const N extends string>(name: N, label: string, legal?: Legal) => number(4, name, label, legal)
const reserved = <const N extends string>(size: 1 | 2, name: N, label: string) =>
  number(size, name, label, { kind: 'reserved' })
function text<const N extends string>(size: 64 | 128, name: N, label: string): TextField<N> {
  return { kind: 'text', name, label, size }
}
const codes = (table: Readonly<Record<number, string>>): Legal => ({ kind: 'codes', codes: table })
const bits = (table: Readonly<Record<number, string>>): Legal => ({ kind: 'bits', bits: table })

/** Section 1.4: the constant at offset 4 of every message. */
export const MAGIC_COOKIE = 0x1a2b3c4d
/** Section 1.4: version 1, revision 0. */
export const PROTOCOL_VERSION = 0x0100
/** Section 1.4: TCP port of the control connection. */
export const PPTP_PORT = 1723
/**
 * Octets before the body: the 8-octet fixed header, Control Message Type and Reserved0
 * (interpretation A-13).
 */
export const HEADER_SIZE = 12

/** Section 1.4, PPTP Message Type. */
export const PptpMessageType = { control: 1, management: 2 } as const

/** General Error Codes (section 2.16). */
export const GeneralError = {
  none: 0,
  notConnected: 1,
  badFormat: 2,
  badValue: 3,
  noResource: 4,
  badCallId: 5,
  pacError: 6,
} as const

const ERROR_CODE = codes({
  0: 'None',
  1: 'Not-Connected',
  2: 'Bad-Format',
  3: 'Bad-Value',
  4: 'No-Resource',
  5: 'Bad-Call ID',
  6: 'PAC-Error',
})
const FRAMING_CAPABILITIES = bits({ 1: 'Asynchronous', 2: 'Synchronous' })
const BEARER_CAPABILITIES = bits({ 1: 'Analog', 2: 'Digital' })

/** The header of every message (section 1.4 and each table of section 2). */
export const HEADER_FIELDS = [
  u16('length', 'Length'),
  u16('pptpMessageType', 'PPTP Message Type', codes({ 1: 'Control Message' })),
  number(4, 'magicCookie', 'Magic Cookie', { kind: 'constant', value: MAGIC_COOKIE }, 'hex'),
  u16('controlMessageType', 'Control Message Type'),
  reserved(2, 'reserved0', 'Reserved0'),
] as const

interface MessageTable<T extends number = number, B extends readonly Field[] = readonly Field[]> {
  readonly type: T
  readonly section: string
  /** Page of the RFC where the field descriptions begin. */
  readonly page: number
  readonly body: B
}

function message<const T extends number, const B extends readonly Field[]>(
  type: T,
  section: string,
  page: number,
  body: B,
): MessageTable<T, B> {
  return { type, section, page, body }
}

export const MESSAGES = {
  'Start-Control-Connection-Request': message(1, '2.1', 10, [
    number(2, 'protocolVersion', 'Protocol Version', ANY, 'hex'),
    reserved(2, 'reserved1', 'Reserved1'),
    u32('framingCapabilities', 'Framing Capabilities', FRAMING_CAPABILITIES),
    u32('bearerCapabilities', 'Bearer Capabilities', BEARER_CAPABILITIES),
    u16('maximumChannels', 'Maximum Channels'),
    number(2, 'firmwareRevision', 'Firmware Revision', ANY, 'hex'),
    text(64, 'hostName', 'Host Name'),
    text(64, 'vendorName', 'Vendor Name'),
  ]),
  'Start-Control-Connection-Reply': message(2, '2.2', 12, [
    number(2, 'protocolVersion', 'Protocol Version', ANY, 'hex'),
    u8(
      'resultCode',
      'Result Code',
      codes({
        1: 'Successful',
        2: 'General error',
        3: 'Command channel already exists',
        4: 'Not authorized',
        5: 'Version not supported',
      }),
    ),
    u8('errorCode', 'Error Code', ERROR_CODE),
    u32('framingCapabilities', 'Framing Capabilities', FRAMING_CAPABILITIES),
    u32('bearerCapabilities', 'Bearer Capabilities', BEARER_CAPABILITIES),
    u16('maximumChannels', 'Maximum Channels'),
    number(2, 'firmwareRevision', 'Firmware Revision', ANY, 'hex'),
    text(64, 'hostName', 'Host Name'),
    text(64, 'vendorName', 'Vendor Name'),
  ]),
  'Stop-Control-Connection-Request': message(3, '2.3', 15, [
    u8('reason', 'Reason', codes({ 1: 'None', 2: 'Stop-Protocol', 3: 'Stop-Local-Shutdown' })),
    reserved(1, 'reserved1', 'Reserved1'),
    reserved(2, 'reserved2', 'Reserved2'),
  ]),
  'Stop-Control-Connection-Reply': message(4, '2.4', 16, [
    u8('resultCode', 'Result Code', codes({ 1: 'OK', 2: 'General Error' })),
    u8('errorCode', 'Error Code', ERROR_CODE),
    reserved(2, 'reserved1', 'Reserved1'),
  ]),
  'Echo-Request': message(5, '2.5', 17, [number(4, 'identifier', 'Identifier', ANY, 'hex')]),
  'Echo-Reply': message(6, '2.6', 18, [
    number(4, 'identifier', 'Identifier', ANY, 'hex'),
    u8('resultCode', 'Result Code', codes({ 1: 'OK', 2: 'General Error' })),
    u8('errorCode', 'Error Code', ERROR_CODE),
    reserved(2, 'reserved1', 'Reserved1'),
  ]),
  'Outgoing-Call-Request': message(7, '2.7', 19, [
    u16('callId', 'Call ID'),
    u16('callSerialNumber', 'Call Serial Number'),
    u32('minimumBps', 'Minimum BPS'),
    u32('maximumBps', 'Maximum BPS'),
    u32('bearerType', 'Bearer Type', codes({ 1: 'Analog', 2: 'Digital', 3: 'Any' })),
    u32('framingType', 'Framing Type', codes({ 1: 'Asynchronous', 2: 'Synchronous', 3: 'Either' })),
    u16('packetRecvWindowSize', 'Packet Recv. Window Size'),
    u16('packetProcessingDelay', 'Packet Processing Delay'),
    u16('phoneNumberLength', 'Phone Number Length'),
    reserved(2, 'reserved1', 'Reserved1'),
    text(64, 'phoneNumber', 'Phone Number'),
    text(64, 'subaddress', 'Subaddress'),
  ]),
  'Outgoing-Call-Reply': message(8, '2.8', 22, [
    u16('callId', 'Call ID'),
    u16('peersCallId', "Peer's Call ID"),
    u8(
      'resultCode',
      'Result Code',
      codes({
        1: 'Connected',
        2: 'General Error',
        3: 'No Carrier',
        4: 'Busy',
        5: 'No Dial Tone',
        6: 'Time-out',
        7: 'Do Not Accept',
      }),
    ),
    u8('errorCode', 'Error Code', ERROR_CODE),
    u16('causeCode', 'Cause Code'),
    u32('connectSpeed', 'Connect Speed'),
    u16('packetRecvWindowSize', 'Packet Recv. Window Size'),
    u16('packetProcessingDelay', 'Packet Processing Delay'),
    u32('physicalChannelId', 'Physical Channel ID'),
  ]),
  'Incoming-Call-Request': message(9, '2.9', 25, [
    u16('callId', 'Call ID'),
    u16('callSerialNumber', 'Call Serial Number'),
    u32('callBearerType', 'Call Bearer Type', codes({ 1: 'Analog', 2: 'Digital' })),
    u32('physicalChannelId', 'Physical Channel ID'),
    u16('dialedNumberLength', 'Dialed Number Length'),
    u16('dialingNumberLength', 'Dialing Number Length'),
    text(64, 'dialedNumber', 'Dialed Number'),
    text(64, 'dialingNumber', 'Dialing Number'),
    text(64, 'subaddress', 'Subaddress'),
  ]),
  'Incoming-Call-Reply': message(10, '2.10', 28, [
    u16('callId', 'Call ID'),
    u16('peersCallId', "Peer's Call ID"),
    u8('resultCode', 'Result Code', codes({ 1: 'Connect', 2: 'General Error', 3: 'Do Not Accept' })),
    u8('errorCode', 'Error Code', ERROR_CODE),
    u16('packetRecvWindowSize', 'Packet Recv. Window Size'),
    u16('packetTransmitDelay', 'Packet Transmit Delay'),
    reserved(2, 'reserved1', 'Reserved1'),
  ]),
  'Incoming-Call-Connected': message(11, '2.11', 29, [
    u16('peersCallId', "Peer's Call ID"),
    reserved(2, 'reserved1', 'Reserved1'),
    u32('connectSpeed', 'Connect Speed'),
    u16('packetRecvWindowSize', 'Packet Recv. Window Size'),
    u16('packetTransmitDelay', 'Packet Transmit Delay'),
    u32('framingType', 'Framing Type', codes({ 1: 'Asynchronous', 2: 'Synchronous' })),
  ]),
  'Call-Clear-Request': message(12, '2.12', 31, [
    u16('callId', 'Call ID'),
    reserved(2, 'reserved1', 'Reserved1'),
  ]),
  'Call-Disconnect-Notify': message(13, '2.13', 32, [
    u16('callId', 'Call ID'),
    u8(
      'resultCode',
      'Result Code',
      codes({ 1: 'Lost Carrier', 2: 'General Error', 3: 'Admin Shutdown', 4: 'Request' }),
    ),
    u8('errorCode', 'Error Code', ERROR_CODE),
    u16('causeCode', 'Cause Code'),
    reserved(2, 'reserved1', 'Reserved1'),
    text(128, 'callStatistics', 'Call Statistics'),
  ]),
  'WAN-Error-Notify': message(14, '2.14', 33, [
    u16('peersCallId', "Peer's Call ID"),
    reserved(2, 'reserved1', 'Reserved1'),
    u32('crcErrors', 'CRC Errors'),
    u32('framingErrors', 'Framing Errors'),
    u32('hardwareOverruns', 'Hardware Overruns'),
    u32('bufferOverruns', 'Buffer Overruns'),
    u32('timeoutErrors', 'Time-out Errors'),
    u32('alignmentErrors', 'Alignment Errors'),
  ]),
  'Set-Link-Info': message(15, '2.15', 35, [
    u16('peersCallId', "Peer's Call ID"),
    reserved(2, 'reserved1', 'Reserved1'),
    number(4, 'sendAccm', 'Send ACCM', ANY, 'hex'),
    number(4, 'receiveAccm', 'Receive ACCM', ANY, 'hex'),
  ]),
} as const

export type MessageName = keyof typeof MESSAGES

type ValueOf<F extends Field> = F extends TextField ? string : number
type ValuesOf<B extends readonly Field[]> = { readonly [F in B[number] as F['name']]: ValueOf<F> }

/** The header's values, present in every message. */
export type HeaderValues = ValuesOf<typeof HEADER_FIELDS>

/** The body's values of the message called N. */
export type BodyValues<N extends MessageName> = ValuesOf<(typeof MESSAGES)[N]['body']>

/** A whole control message called N: `name`, then header and body values side by side. */
export type ControlMessage<N extends MessageName = MessageName> = {
  [M in N]: { readonly name: M } & HeaderValues & BodyValues<M>
}[N]

export const MESSAGE_NAMES = Object.keys(MESSAGES) as MessageName[]

/** All fields of a message in wire order, header first. */
export function fieldsOf(name: MessageName): readonly Field[] {
  return FIELDS_BY_NAME[name]
}

/** The size of a message in octets, header included; each message has exactly one (section 2). */
export function sizeOf(name: MessageName): number {
  return SIZE_BY_NAME[name]
}

/**
 * The message with that Control Message Type, or undefined for a code point RFC 2637 does not
 * define.
 */
export function messageNameOf(controlMessageType: number): MessageName | undefined {
  return MESSAGE_NAMES[controlMessageType - 1]
}

function forEachMessage<V>(make: (name: MessageName) => V): Record<MessageName, V> {
  return Object.fromEntries(MESSAGE_NAMES.map((name) => [name, make(name)])) as Record<MessageName, V>
}
const FIELDS_BY_NAME = forEachMessage((name): readonly Field[] => [...HEADER_FIELDS, ...MESSAGES[name].body])
const SIZE_BY_NAME = forEachMessage((name) => fieldsOf(name).reduce((sum, field) => sum + field.size, 0))

/** Octets of the largest message: a greater Length belongs to no message of RFC 2637. */
export const LARGEST_MESSAGE = Math.max(...Object.values(SIZE_BY_NAME))
