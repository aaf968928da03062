import {
  type Field,
  MESSAGE_NAMES,
  MESSAGES,
  type MessageName,
  sizeOf,
} from '../../harness/protocol/messages.ts'
import { BY_CHANCE, byMonitor, type CatalogueEntry, implied, must, unseen } from './entry.ts'

/** For each message: the pages of its header, Reserved1 and drawing, and how sending is decided. */
const DESCRIPTIONS = {
  'Start-Control-Connection-Request': { header: 11, reserved1: 11, drawing: 11, sent: byMonitor.originator },
  'Start-Control-Connection-Reply': { header: 13, reserved1: 13, drawing: 13, sent: byMonitor.recipient },
  'Stop-Control-Connection-Request': { header: 15, reserved1: 16, drawing: 15, sent: BY_CHANCE.stops.both },
  'Stop-Control-Connection-Reply': { header: 16, reserved1: 17, drawing: 16, sent: byMonitor.both },
  'Echo-Request': { header: 17, reserved1: 17, drawing: 17, sent: byMonitor.both },
  'Echo-Reply': { header: 18, reserved1: 19, drawing: 18, sent: byMonitor.both },
  'Outgoing-Call-Request': { header: 20, reserved1: 22, drawing: 20, sent: byMonitor.originator },
  'Outgoing-Call-Reply': { header: 23, reserved1: 23, drawing: 23, sent: byMonitor.recipient },
  'Incoming-Call-Request': { header: 26, reserved1: 26, drawing: 26, sent: BY_CHANCE.offers.recipient },
  'Incoming-Call-Reply': { header: 28, reserved1: 29, drawing: 28, sent: byMonitor.both },
  'Incoming-Call-Connected': { header: 30, reserved1: 30, drawing: 30, sent: BY_CHANCE.offers.recipient },
  'Call-Clear-Request': { header: 31, reserved1: 31, drawing: 31, sent: byMonitor.originator },
  'Call-Disconnect-Notify': { header: 32, reserved1: 32, drawing: 32, sent: byMonitor.recipient },
  'WAN-Error-Notify': { header: 34, reserved1: 34, drawing: 34, sent: BY_CHANCE.lineErrors.recipient },
  'Set-Link-Info': { header: 35, reserved1: 35, drawing: 35, sent: byMonitor.originator },
} as const

/** Messages whose reserved field is drawn but left out of the description (interpretation A-48). */
const DRAWN_ONLY: readonly MessageName[] = [
  'Incoming-Call-Connected',
  'Call-Disconnect-Notify',
  'WAN-Error-Notify',
]

const PLACED = unseen(
  'A field in the wrong place shows as a wrong value of the field that belongs there; each field has its own entry.',
)

type ReservedOf<N extends MessageName> = Extract<
  (typeof MESSAGES)[N]['body'][number]['name'],
  `reserved${number}`
>

/** The requirements that every message has; an id begins with the section of the message. */
type HeaderName = 'length' | 'pptp-message-type' | 'magic-cookie' | 'control-message-type' | 'layout'
export type HeaderId = {
  [N in MessageName]: `${(typeof MESSAGES)[N]['section']}/${HeaderName | 'reserved0' | ReservedOf<N>}`
}[MessageName]

/** The size, type code, constants, reserved fields and layout of each of the fifteen messages. */
export const HEADERS = Object.fromEntries(MESSAGE_NAMES.flatMap(entriesOf)) as Readonly<
  Record<HeaderId, CatalogueEntry>
>

function entriesOf(name: MessageName): [string, CatalogueEntry][] {
  const { section, type, body } = MESSAGES[name]
  const { header, reserved1, drawing, sent } = DESCRIPTIONS[name]
  const reservedFields = body.filter(isReserved)
  const entries = {
    length: implied(
      header,
      'sender',
      sent,
      `Length of ${name} is ${sizeOf(name)}: all of its octets, those of the header included.`,
      'A-12',
    ),
    'pptp-message-type': implied(header, 'sender', sent, `PPTP Message Type of ${name} is 1.`),
    'magic-cookie': implied(header, 'sender', sent, `Magic Cookie of ${name} is 0x1A2B3C4D.`),
    'control-message-type': implied(header, 'sender', sent, `Control Message Type of ${name} is ${type}.`),
    layout: implied(
      drawing,
      'sender',
      PLACED,
      `After its header of 12 octets ${name} has ${layoutOf(body)}.`,
    ),
    reserved0: must(header, 'sender', sent, `Reserved0 of ${name} is 0.`),
    ...Object.fromEntries(
      reservedFields.map(({ name: field, label }) => [
        field,
        must(
          reserved1,
          'sender',
          sent,
          `${label} of ${name} is 0.`,
          DRAWN_ONLY.includes(name) ? 'A-48' : undefined,
        ),
      ]),
    ),
  }
  return Object.entries(entries).map(([id, entry]) => [`${section}/${id}`, { section, ...entry }])
}

function isReserved(field: Field) {
  return field.kind === 'number' && field.legal.kind === 'reserved'
}

/** Field names with the octets at which they begin, counted from the start of the message. */
function layoutOf(body: readonly Field[]): string {
  let offset = 12
  return body
    .map(({ label, size }) => {
      const text = `${label} at ${offset}`
      offset += size
      return text
    })
    .join(', ')
}
