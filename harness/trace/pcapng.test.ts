import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { controlMessage, decodeControl, encodeControl } from '../protocol/control.ts'
import { decodeGre, GRE_BITS, type GrePacket } from '../protocol/gre.ts'
import { type Field, fieldsOf, MESSAGE_NAMES, type MessageName } from '../protocol/messages.ts'
import { concat } from '../protocol/octets.ts'
import { readCapture } from './capture.ts'
import { messagesOf, readTrace } from './messages.ts'
import { writePcapng } from './pcapng.ts'
import { data, ended, gre, greOctets, moved, opened, traceOf } from './testing/traces.ts'
import {
  GRE_FIELDS,
  haveTshark,
  type TsharkCounts,
  tsharkCounts,
  tsharkCountsEach,
  tsharkFields,
  withCapture,
} from './testing/tshark.ts'
import type { Trace, TraceStep } from './trace.ts'

const request = encodeControl(controlMessage('Start-Control-Connection-Request', { hostName: 'tester' }))
const echo = encodeControl(controlMessage('Echo-Request', { identifier: 5 }))
const CONFIGURE = Uint8Array.of(0xff, 3, 0xc0, 0x21, 1, 1, 0, 10, 5, 6, 1, 2, 3, 4)

function patched(octets: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = octets.slice()
  copy.set(values, at)
  return copy
}

test('frame numbers name the frame that shows an entry', () => {
  const { frames, counts } = writePcapng(
    readTrace(
      traceOf(
        opened(),
        { kind: 'note', text: 'about to send' },
        data(request.slice(0, 20)),
        data(concat(request.slice(20), echo)),
        data(request.slice(0, 9), 'iut'),
        ended('iut'),
        { kind: 'tcp-reset', connection: 1, from: 'tester', detail: 'reset by the tester' },
      ),
    ),
  )
  // 1-3 handshake, 4 request, 5 echo, 6 and 7 cut short, 8 FIN, 9 its acknowledgment, 10 RST.
  expect([...frames].sort(([a], [b]) => a - b)).toEqual([
    [0, 1],
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 7],
    [5, 8],
    [6, 10],
  ])
  expect(counts).toEqual({ messages: 2, gre: 0, plain: 1, frames: 10 })
})

test('each fragment of a packet is a frame, in the order of sending, and they read back as the packet', () => {
  const step = gre({ callId: 1, sequenceNumber: 0, payload: new Uint8Array(40) })
  const sent = traceOf(opened(), { ...step, fragments: { size: 16, order: 'reversed' } } as TraceStep)
  const { octets, counts, frames } = writePcapng(readTrace(sent))
  // Three frames of the handshake, and four fragments for 52 octets of GRE; Wireshark shows the
  // packet at the last one.
  expect(counts).toEqual({ messages: 0, gre: 1, plain: 0, frames: 7 })
  expect(frames.get(1)).toBe(7)
  const [conversation] = readCapture(octets).conversations
  expect(conversation?.trace.entries.at(-1)).toMatchObject({
    kind: 'gre',
    octets: 'octets' in step && step.octets,
  })
})

test('a trace of thousands of messages can be written', () => {
  const many = concat(...Array.from({ length: 20_000 }, () => echo))
  expect(writePcapng(readTrace(traceOf(opened(), data(many)))).counts.messages).toBe(20_000)
})

describe.skipIf(!haveTshark())('two decoders agree', () => {
  test('on every field of every control message', async () => {
    // Values that differ from octet to octet, so that a shifted field cannot go unnoticed.
    const messages = MESSAGE_NAMES.map((name, number) => decodeControl(distinctOctets(name, number)))
    const octets = MESSAGE_NAMES.map((name, number) => distinctOctets(name, number))
    const trace = traceOf(opened(), ...octets.map((message) => data(message)))
    const capture = writePcapng(readTrace(trace))
    const names = [
      ...new Set(MESSAGE_NAMES.flatMap((name) => fieldsOf(name).map((f) => tsharkName(name, f)))),
    ]
    const rows = await withCapture(capture.octets, (file) => tsharkFields(file, names))
    for (const [number, name] of MESSAGE_NAMES.entries()) {
      const row = rows[(capture.frames.get(number + 1) ?? 0) - 1]
      const theirs = Object.fromEntries(names.map((field, at) => [field, row?.[at] ?? '']))
      const ours = Object.fromEntries(names.map((field) => [field, '']))
      const values = messages[number] as unknown as Record<string, number | string>
      for (const field of fieldsOf(name)) {
        const key = tsharkName(name, field)
        const shown = tsharkValue(field, values[field.name] ?? 0)
        ours[key] = ours[key] === '' ? shown : `${ours[key]},${shown}`
      }
      expect({ name, ...theirs }).toEqual({ name, ...ours })
    }
  })

  test('on every header form of GRE', async () => {
    const payload = CONFIGURE
    const forms: Partial<Omit<GrePacket, 'kind'>>[] = [
      { sequenceNumber: 0, payload },
      { sequenceNumber: 0xffffffff, acknowledgmentNumber: 0xfffffffe, payload },
      { acknowledgmentNumber: 77 },
      { sequenceNumber: 5, payload, recursionControl: 5, flags: 9, strictSourceRoute: 1 },
      { sequenceNumber: 5, payload, payloadLength: 900 },
      {},
    ]
    const steps = forms.map((form) => gre({ callId: 0xabcd, ...form }))
    const capture = writePcapng(readTrace(traceOf(...steps)))
    const rows = await withCapture(capture.octets, (file) => tsharkFields(file, GRE_FIELDS))
    const ours = steps.map((step) => {
      if (step.kind !== 'gre') throw new Error('not GRE')
      const packet = decodeGre(step.octets)
      if (packet.kind !== 'gre') throw new Error(packet.reason)
      return [
        `0x${packet.protocolType.toString(16)}`,
        ...GRE_BITS.map((bit) => String(packet[bit.name])),
        String(packet.payloadLength),
        String(packet.callId),
        String(packet.sequenceNumber ?? ''),
        String(packet.acknowledgmentNumber ?? ''),
      ]
    })
    expect(rows).toEqual(ours)
  })

  const odd: Record<string, readonly TraceStep[]> = {
    'a message in two pieces': [opened(), data(request.slice(0, 50)), data(request.slice(50))],
    'two messages in one write': [opened(), data(concat(request, echo))],
    'octet by octet': [opened(), ...[...request].map((octet) => data(Uint8Array.of(octet)))],
    'cut short': [opened(), data(request.slice(0, 50)), ended('tester'), ended('iut')],
    'cut short in the header': [opened(), data(request.slice(0, 5)), ended('tester')],
    'Length too small': [opened(), data(patched(request, 0, 0, 20)), data(echo)],
    'Length too large': [opened(), data(concat(patched(echo, 0, 0, 24), new Uint8Array(8))), data(echo)],
    'Length too large and nothing more': [opened(), data(patched(echo, 0, 0, 24)), ended('tester')],
    'wrong Magic Cookie': [opened(), data(patched(request, 4, 1, 1, 1, 1)), data(echo)],
    'undefined type': [opened(), data(patched(echo, 8, 0, 99)), data(echo)],
    'Length 0': [opened(), data(patched(request, 0, 0, 0))],
    'Length 8': [opened(), data(patched(request, 0, 0, 8))],
    'management message': [opened(), data(patched(echo, 2, 0, 2))],
    'another protocol': [
      opened(),
      data(new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n')),
      data(echo, 'iut'),
    ],
    'the largest Length': [opened(), data(concat(patched(echo, 0, 0xff, 0xff), new Uint8Array(65_519)))],
    'no connection': [
      { kind: 'tcp-refused', iut: { address: '192.0.2.2', port: 1723 }, detail: 'ECONNREFUSED' },
    ],
    'GRE of 8 octets': [gre({ callId: 1 })],
    'GRE with S and no payload': [gre({ callId: 1, sequenceNumber: 0 })],
    'GRE with a wrong version': [0, 2, 7].map((version) =>
      gre({ callId: 1, sequenceNumber: 0, payload: CONFIGURE, version }),
    ),
    'GRE with C, R, or no K': [
      gre({ callId: 1, sequenceNumber: 0, payload: CONFIGURE, checksumPresent: 1 }),
      gre({ callId: 1, sequenceNumber: 0, payload: CONFIGURE, routingPresent: 1 }),
      gre({ callId: 1, sequenceNumber: 0, payload: CONFIGURE, keyPresent: 0 }),
    ],
    'GRE cut short': [0, 1, 3, 4, 7, 8, 11, 12, 13, 14, 16, 17].map((length) =>
      greOctets(
        concat(Uint8Array.of(0x30, 1, 0x88, 0x0b, 0, 14, 0, 1, 0, 0, 0, 0), CONFIGURE).slice(0, length),
      ),
    ),
    'GRE of another protocol': [
      gre({ callId: 1, sequenceNumber: 0, payload: CONFIGURE, protocolType: 0x1234 }),
    ],
    'GRE in IP fragments, in both orders, and one fragment without PPP': [
      { size: 8, order: 'reversed' as const },
      { size: 24, order: 'in-order' as const },
    ].flatMap((fragments) => [
      { ...gre({ callId: 1, sequenceNumber: 0, payload: CONFIGURE }), fragments },
      { ...gre({ callId: 1, acknowledgmentNumber: 3 }), fragments },
      { ...greOctets(Uint8Array.of(1, 2)), fragments },
    ]),
    'GRE larger than Ethernet': [
      gre({
        callId: 1,
        sequenceNumber: 0,
        payload: concat(Uint8Array.of(0xff, 3, 0, 0xfd), new Uint8Array(9000)),
      }),
    ],
  }
  const captures = Object.entries(odd).map(([name, steps], at) => ({
    name,
    ...writePcapng(readTrace(moved(traceOf(...steps), at))),
  }))
  let found: readonly TsharkCounts[]
  beforeAll(async () => {
    found = await tsharkCountsEach(captures)
  })
  test.each(captures.map(({ name, counts }, at) => [name, counts, at] as const))(
    '%s: counts agree and nothing is marked malformed',
    (_, { frames, messages, gre }, at) => {
      expect(found[at]).toEqual({ frames, messages, gre, malformed: 0, errors: 0, badChecksums: 0 })
    },
  )

  test('tsharkCounts does find malformed frames', async () => {
    const cut = Uint8Array.of(0xff, 3, 0xc0, 0x21, 1, 1, 0, 90, 3)
    const capture = writePcapng(readTrace(traceOf(gre({ callId: 1, sequenceNumber: 0, payload: cut }))))
    expect(await withCapture(capture.octets, tsharkCounts)).toMatchObject({ gre: 1, malformed: 1 })
  })

  test('property: tshark reads the capture of any trace completely', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyTrace(), { minLength: 25, maxLength: 25 }), async (traces) => {
        const readings = traces.map((trace, at) => readTrace(moved(trace, at)))
        const captures = readings.map((reading) => writePcapng(reading))
        const theirs = await tsharkCountsEach(captures)
        expect(theirs).toMatchObject(
          captures.map(({ counts: { frames, messages, gre } }) => ({
            frames,
            messages,
            gre,
            badChecksums: 0,
          })),
        )
        for (const [at, reading] of readings.entries()) {
          const framed = messagesOf(reading).filter((message) => message.kind === 'gre').length
          expect(captures[at]?.counts.gre).toBeLessThanOrEqual(framed)
        }
      }),
      { numRuns: 1 },
    )
  })
})

/** Makes a message of that name in which neighbouring body octets differ; texts are printable. */
function distinctOctets(name: MessageName, seed: number): Uint8Array {
  const octets = encodeControl(controlMessage(name))
  let at = 0
  for (const field of fieldsOf(name)) {
    for (let i = 0; i < field.size && at >= 12; i++)
      octets[at + i] =
        field.kind === 'text' ? (i < 40 ? 0x41 + ((at + i) % 50) : 0) : 1 + ((at + i + seed) % 250)
    at += field.size
  }
  return octets
}

/** tshark has a name of its own for the Result Code of each message. */
const RESULT_FIELDS: Partial<Record<MessageName, string>> = {
  'Start-Control-Connection-Reply': 'control_result',
  'Stop-Control-Connection-Reply': 'stop_result',
  'Echo-Reply': 'echo_result',
  'Outgoing-Call-Reply': 'out_result',
  'Incoming-Call-Reply': 'in_result',
  'Call-Disconnect-Notify': 'disc_result',
}
/** Fields for which tshark's name is not ours in snake case. */
const OTHER_NAMES: Record<string, string> = {
  pptpMessageType: 'type',
  errorCode: 'error',
  packetRecvWindowSize: 'packet_receive_window_size',
  packetTransmitDelay: 'packet_processing_delay',
  peersCallId: 'peer_call_id',
  causeCode: 'cause',
  callBearerType: 'bearer_type',
  // Known difference: tshark 4.0 shows 64 of its 128 octets.
  callStatistics: 'call_Statistics',
}

function tsharkName(message: MessageName, field: Field): string {
  const own = field.name === 'resultCode' ? RESULT_FIELDS[message] : OTHER_NAMES[field.name]
  if (own !== undefined) return `pptp.${own}`
  if (/^reserved\d$/.test(field.name)) return 'pptp.reserved'
  return `pptp.${field.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
}

function tsharkValue(field: Field, value: number | string): string {
  if (field.kind === 'text') return String(value)
  const hex = Number(value).toString(16)
  if (/^reserved\d$/.test(field.name)) return hex.padStart(2 * field.size, '0')
  if (['magicCookie', 'sendAccm', 'receiveAccm'].includes(field.name)) return `0x${hex.padStart(8, '0')}`
  return String(value)
}

/** Makes arbitrary traces: any octets, and events in any order. */
function anyTrace(): fc.Arbitrary<Trace> {
  const side = fc.constantFrom('tester' as const, 'iut' as const)
  const connection = fc.integer({ min: 1, max: 3 })
  const octets = fc.oneof(fc.constantFrom(request, echo), fc.uint8Array({ maxLength: 60 }))
  const packet = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }).map((tail) => concat(Uint8Array.of(0x30, 0x81, 0x88, 0x0b), tail)),
  )
  const step: fc.Arbitrary<TraceStep> = fc.oneof(
    fc.tuple(connection, side).map(([number, opener]) => opened(number, opener)),
    fc.tuple(octets, side, connection).map(([o, from, number]) => data(o, from, number)),
    fc.tuple(side, connection).map(([from, number]) => ended(from, number)),
    fc.tuple(packet, side).map(([o, from]) => greOctets(o, from)),
    fc.string({ unit: 'binary' }).map((text) => ({ kind: 'note' as const, text })),
    fc
      .tuple(side, connection)
      .map(([from, number]) => ({ kind: 'tcp-reset' as const, connection: number, from, detail: 'x' })),
  )
  return fc.array(step, { maxLength: 40 }).map((steps) => traceOf(...eachOpenedOnce([opened(), ...steps])))
}

/**
 * Opens each connection only once: tshark takes segments of a second connection with the same ports
 * for retransmissions on the first.
 */
function eachOpenedOnce(steps: readonly TraceStep[]): readonly TraceStep[] {
  const known = new Set<number>()
  return steps.filter((step) => {
    if (step.kind !== 'tcp-open') return true
    const isNew = !known.has(step.connection)
    known.add(step.connection)
    return isNew
  })
}
