import { type DecodedMessage, describeControl, validateControl } from '../protocol/control.ts'
import { type DecodedGre, GRE_PROTOCOL_PPP, type GrePacket, validateGre } from '../protocol/gre.ts'
import type { MessageName } from '../protocol/messages.ts'
import { hexNumber, printable } from '../protocol/octets.ts'
import type { LooseOctets } from './messages.ts'
import { pppSummary } from './ppp-summary.ts'
import type { TraceEntry } from './trace.ts'

/** The words on and below the arrows of a ladder. Every text is printable. */

/**
 * The most telling fields of each message; other fields are shown in detail only, or when they
 * break a rule.
 */
const KEY_FIELDS: Readonly<Record<MessageName, readonly string[]>> = {
  'Start-Control-Connection-Request': ['protocolVersion', 'hostName', 'vendorName'],
  'Start-Control-Connection-Reply': ['resultCode', 'errorCode', 'protocolVersion', 'hostName', 'vendorName'],
  'Stop-Control-Connection-Request': ['reason'],
  'Stop-Control-Connection-Reply': ['resultCode', 'errorCode'],
  'Echo-Request': ['identifier'],
  'Echo-Reply': ['identifier', 'resultCode', 'errorCode'],
  'Outgoing-Call-Request': ['callId', 'callSerialNumber', 'packetRecvWindowSize'],
  'Outgoing-Call-Reply': [
    'callId',
    'peersCallId',
    'resultCode',
    'errorCode',
    'causeCode',
    'packetRecvWindowSize',
  ],
  'Incoming-Call-Request': ['callId', 'callSerialNumber', 'dialedNumber', 'dialingNumber'],
  'Incoming-Call-Reply': ['callId', 'peersCallId', 'resultCode', 'errorCode', 'packetRecvWindowSize'],
  'Incoming-Call-Connected': ['peersCallId', 'packetRecvWindowSize', 'connectSpeed'],
  'Call-Clear-Request': ['callId'],
  'Call-Disconnect-Notify': ['callId', 'resultCode', 'errorCode', 'causeCode', 'callStatistics'],
  'WAN-Error-Notify': ['peersCallId'],
  'Set-Link-Info': ['peersCallId', 'sendAccm', 'receiveAccm'],
}
/** Key fields that are not shown while they are 0 or empty. */
const SILENT_WHEN_EMPTY: ReadonlySet<string> = new Set([
  'errorCode',
  'causeCode',
  'hostName',
  'vendorName',
  'dialedNumber',
  'dialingNumber',
  'callStatistics',
  'callSerialNumber',
])

/** Why octets belong to no message, in words. */
export const LOOSE_IN_WORDS: Readonly<Record<LooseOctets['why'], string>> = {
  incomplete: 'a message that was never completed',
  'after-loss-of-step': 'after the stream got out of step',
  'too-many-messages': 'not split into messages: the trace has reached its limit of messages',
}

/** Says how IP fragmented the packet. */
export function inFragments(entry: TraceEntry): string {
  if (entry.kind !== 'gre' || entry.fragments === undefined) return ''
  return `, in IP fragments of ${entry.fragments.size}, ${entry.fragments.order}`
}

/** Returns lines with the fields of a message: all, or the most telling ones. */
export function fieldLines(message: DecodedMessage, detailed: boolean): readonly string[] {
  const fields = describeControl(message)
  if (detailed) return fields.map((field) => `${field.label}: ${field.shown}`)
  if (message.name === 'unrecognized') return []
  const keys = KEY_FIELDS[message.name]
  const shown = keys.flatMap((name) => {
    const field = fields.find((candidate) => candidate.name === name)
    if (field === undefined) return []
    const empty = field.value === 0 || field.value === ''
    return empty && SILENT_WHEN_EMPTY.has(name) ? [] : [`${field.label} ${field.shown}`]
  })
  return shown.length === 0 ? [] : [shown.join(', ')]
}

/** Says which fields of a message break a rule of the message's own table. */
export function oddities(message: DecodedMessage): readonly string[] {
  if (message.name === 'unrecognized') return [printable(message.reason)]
  return validateControl(message).map(
    (violation) =>
      `${violation.label} is ${printable(String(violation.value))} where ${printable(violation.expected)} is defined`,
  )
}

/** Returns a line that describes the payload of a packet; none if it has none. */
export function payloadLine(packet: Extract<DecodedGre, { kind: 'gre' }>): readonly string[] {
  if (packet.payload.length === 0) return []
  return [
    packet.protocolType === GRE_PROTOCOL_PPP
      ? pppSummary(packet.payload)
      : `${octetsInWords(packet.payload)} of protocol ${hexNumber(packet.protocolType, 4)}`,
  ]
}

/** Says how many octets there are. */
export function octetsInWords({ length }: Uint8Array): string {
  return length === 1 ? '1 octet' : `${length} octets`
}

/** Names the Call ID and the numbers of a packet. */
export function greNumbers({ callId, sequenceNumber, acknowledgmentNumber }: GrePacket): string {
  return [
    `Call ID ${callId}`,
    ...(sequenceNumber === undefined ? [] : [`Seq ${sequenceNumber}`]),
    ...(acknowledgmentNumber === undefined ? [] : [`Ack ${acknowledgmentNumber}`]),
  ].join(', ')
}

/** Says which fields of a packet's header break a rule of section 4.1. */
export function greOddities(packet: GrePacket): readonly string[] {
  return validateGre(packet).map((one) => `${one.field} is ${one.value} where ${one.expected} is defined`)
}
