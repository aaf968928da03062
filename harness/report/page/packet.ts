import { decodeFrame } from '../../ppp/frame.ts'
import { decodePacket } from '../../ppp/packet.ts'
import { type DecodedMessage, describeControl, validateControl } from '../../protocol/control.ts'
import {
  type DecodedGre,
  GRE_BITS,
  GRE_PROTOCOL_PPP,
  type GrePacket,
  validateGre,
} from '../../protocol/gre.ts'
import { type Field, fieldsOf, HEADER_FIELDS, MESSAGES, sizeOf } from '../../protocol/messages.ts'
import { hexNumber, printable } from '../../protocol/octets.ts'
import type { TracePart } from '../../trace/messages.ts'
import { PROTOCOL_NAMES, pppCodes } from '../../trace/ppp-summary.ts'

/** One field of a packet, as a table shows it. */
export interface PacketField {
  readonly layer: 'PPTP' | 'GRE' | 'PPP'
  readonly label: string
  /** Octets from the beginning of the packet, and how many they are. */
  readonly offset: number
  readonly size: number
  /** For a field of less than an octet: its mask in the octets of `offset` and `size`. */
  readonly mask?: string
  readonly shown: string
  /** The legal values, in words. */
  readonly legal: string
  /** Whether the value is none of them. */
  readonly isIllegal: boolean
}

/** Returns the fields of a part of a trace in the order of its octets. Every text is printable. */
export function fieldsIn(part: TracePart): readonly PacketField[] {
  if (part.kind === 'control') return controlFields(part.message)
  return part.kind === 'gre' ? greFields(part.packet) : []
}

function controlFields(message: DecodedMessage): readonly PacketField[] {
  const illegal = new Map(validateControl(message).map((one) => [one.field, one.expected]))
  const tables: readonly Field[] = message.name === 'unrecognized' ? HEADER_FIELDS : fieldsOf(message.name)
  return describeControl(message).map(({ name, label, offset, size, shown }, at): PacketField => {
    const expected = illegal.get(name)
    const known = legalInWords(tables[at], message)
    return {
      layer: 'PPTP',
      label,
      offset,
      size,
      shown,
      legal: expected === undefined || known !== 'any' ? known : printable(expected),
      isIllegal: expected !== undefined,
    }
  })
}

/** The most codes or bits that are named; no table of the RFC has more than eight. */
const MOST_CODES = 12

function legalInWords(field: Field | undefined, message: DecodedMessage): string {
  if (field === undefined) return 'any'
  if (field.kind === 'text') return `text of ${field.size} octets, 0 after its end`
  if (field.name === 'length' && message.name !== 'unrecognized') return String(sizeOf(message.name))
  if (field.name === 'controlMessageType')
    return message.name === 'unrecognized' ? '1 to 15' : String(MESSAGES[message.name].type)
  const { legal } = field
  switch (legal.kind) {
    case 'any':
      return 'any'
    case 'constant':
      return hexNumber(legal.value, 2 * field.size)
    case 'reserved':
      return '0 (reserved)'
    case 'codes':
      return namedCodes(legal.codes)
    case 'bits':
      return `bits: ${namedCodes(legal.bits)}`
  }
}

function namedCodes(codes: Readonly<Record<number, string>>): string {
  return Object.entries(codes)
    .slice(0, MOST_CODES)
    .map(([code, name]) => `${code} ${name}`)
    .join(', ')
}

function greFields(packet: DecodedGre): readonly PacketField[] {
  if (packet.kind === 'unrecognized-gre') return []
  const illegal = new Map(validateGre(packet).map((one) => [one.field, one.expected]))
  const field = (label: string, offset: number, size: number, shown: string, legal: string): PacketField => ({
    layer: 'GRE',
    label,
    offset,
    size,
    shown,
    legal: illegal.get(label) ?? legal,
    isIllegal: illegal.has(label),
  })
  const bits = GRE_BITS.map(({ name, label, mask, legal }) => ({
    ...field(label, 0, 2, String(packet[name]), legal === undefined ? '0 or 1' : String(legal)),
    mask: hexNumber(mask, 4),
  }))
  const { sequenceNumber, acknowledgmentNumber } = packet
  const sequence =
    sequenceNumber === undefined ? [] : [field('Sequence Number', 8, 4, String(sequenceNumber), 'any')]
  const at = 8 + 4 * sequence.length
  const acknowledgment =
    acknowledgmentNumber === undefined
      ? []
      : [field('Acknowledgment Number', at, 4, String(acknowledgmentNumber), 'any')]
  return [
    ...bits,
    field('Protocol Type', 2, 2, hexNumber(packet.protocolType, 4), '0x880B'),
    field(
      'Payload Length',
      4,
      2,
      String(packet.payloadLength),
      String(packet.payload.length + packet.trailing.length),
    ),
    field('Call ID', 6, 2, String(packet.callId), 'that of the receiver'),
    ...sequence,
    ...acknowledgment,
    ...pppFields(packet, at + 4 * acknowledgment.length),
  ]
}

/**
 * The fields of the PPP frame in a packet.
 * @param start the offset of the frame.
 */
function pppFields(packet: GrePacket, start: number): readonly PacketField[] {
  const { payload, protocolType } = packet
  const frame = protocolType === GRE_PROTOCOL_PPP ? decodeFrame(payload) : undefined
  if (frame === undefined) return []
  const { addressAndControl, protocolSize, protocol, information } = frame
  const field = (label: string, offset: number, size: number, shown: string, legal = 'any'): PacketField => ({
    layer: 'PPP',
    label,
    offset: start + offset,
    size,
    shown,
    legal,
    isIllegal: false,
  })
  const head = addressAndControl ? 2 : 0
  const at = head + protocolSize
  const name = PROTOCOL_NAMES[protocol]
  const fields = [
    ...(addressAndControl ? [field('Address and Control', 0, 2, 'FF 03', 'FF 03, or left out')] : []),
    field(
      'Protocol',
      head,
      protocolSize,
      `${hexNumber(protocol, 4)}${name === undefined ? '' : ` (${name})`}`,
    ),
  ]
  const codes = pppCodes(protocol)
  const inner = codes === undefined ? undefined : decodePacket(information)
  if (codes === undefined || inner === undefined)
    return [...fields, field('Information', at, information.length, `${information.length} octets`)]
  return [
    ...fields,
    field('Code', at, 1, `${inner.code} (${codes[inner.code] ?? 'undefined'})`, namedCodes(codes)),
    field('Identifier', at + 1, 1, String(inner.identifier)),
    field('Length', at + 2, 2, String(inner.data.length + 4)),
    ...(inner.data.length === 0
      ? []
      : [field('Data', at + 4, inner.data.length, `${inner.data.length} octets`)]),
  ]
}
