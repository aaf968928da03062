import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../errors/errors.ts'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { encodeGre, grePacket } from '../protocol/gre.ts'
import { concat, toHex } from '../protocol/octets.ts'
import { readCapture } from './capture.ts'
import { otherTunnelOf } from './captured-gre.ts'
import { greIpPacket } from './ip.ts'
import { messagesOf, readTrace } from './messages.ts'
import { writePcapng } from './pcapng.ts'
import { fragmentsOf, LINK_HEADERS, OTHER_PACKETS, pcapOf, tcpTalk } from './testing/captures.ts'
import { data, ended, gre, greOctets, opened, streamOctets, traceOf } from './testing/traces.ts'
import { haveTshark, withCapture } from './testing/tshark.ts'
import type { Side, Trace } from './trace.ts'

const echo = (identifier: number) => encodeControl(controlMessage('Echo-Request', { identifier }))
const START = encodeControl(controlMessage('Start-Control-Connection-Request', { hostName: 'h' }))

/** The messages and packets of a trace, without times and indexes. */
function gist(trace: Trace | undefined): readonly string[] {
  return trace === undefined
    ? []
    : messagesOf(readTrace(trace)).map((part) => `${part.kind} ${part.from} ${toHex(part.octets)}`)
}

function kinds(trace: Trace | undefined): readonly string[] {
  return (trace?.entries ?? []).map((entry) => ('from' in entry ? `${entry.kind} ${entry.from}` : entry.kind))
}

const ECHOES = ['control tester', 'control iut'].map((text, at) => `${text} ${toHex(echo(at + 1))}`)

describe('a capture that writePcapng wrote', () => {
  test('reads back as the same messages, malformed ones too', () => {
    const trace = traceOf(
      opened(),
      data(START.slice(0, 9)),
      data(concat(START.slice(9), echo(1))),
      data(echo(2), 'iut'),
      gre({ callId: 3, sequenceNumber: 1, payload: Uint8Array.of(0xff, 3, 0xc0, 0x21, 1, 4, 0, 4) }),
      greOctets(Uint8Array.of(1, 2), 'iut'),
      data(Uint8Array.of(0, 12, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d, 0, 7, 0, 0), 'iut'),
      data(Uint8Array.of(0, 20, 0, 1, 9, 9, 9, 9, 1)),
      data(Uint8Array.of(1, 2, 3), 'iut'),
      ended('iut'),
      opened(2),
      data(echo(7), 'tester', 2),
      { kind: 'tcp-reset', connection: 2, from: 'iut', detail: 'ECONNRESET' },
    )
    const capture = writePcapng(readTrace(trace))
    const { conversations, notes } = readCapture(capture.octets)
    expect(notes).toEqual([])
    expect(conversations).toHaveLength(1)
    const [read] = conversations
    expect(gist(read?.trace)).toEqual(gist(trace))
    expect(read).toMatchObject({ tester: '192.0.2.1', iut: '192.0.2.2' })
    for (const connection of [1, 2])
      for (const from of ['tester', 'iut'] as const)
        expect(streamOctets(read?.trace ?? trace, connection, from)).toEqual(
          streamOctets(trace, connection, from),
        )
    expect(read?.frames[0]).toBe(2)
    expect(kinds(read?.trace).at(-1)).toBe('tcp-reset iut')
  })

  test('reads back as the same messages, whatever the trace', () => {
    const side = fc.constantFrom<Side>('tester', 'iut')
    const step = fc.oneof(
      fc.tuple(fc.uint8Array({ maxLength: 60 }), side).map(([octets, from]) => data(octets, from)),
      fc.tuple(fc.nat(9), side).map(([identifier, from]) => data(echo(identifier), from)),
      fc
        .tuple(fc.uint8Array({ maxLength: 40 }), side)
        .filter(([octets]) => otherTunnelOf(octets) === undefined)
        .map(([octets, from]) => greOctets(octets, from)),
      fc
        .tuple(fc.nat(9), fc.uint8Array({ minLength: 1, maxLength: 20 }), side)
        .map(([sequenceNumber, payload, from]) => gre({ callId: 5, sequenceNumber, payload }, from)),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const trace = traceOf(opened(), ...steps)
        const read = readCapture(writePcapng(readTrace(trace)).octets).conversations[0]?.trace
        expect(gist(read)).toEqual(gist(trace))
        for (const from of ['tester', 'iut'] as const)
          expect(streamOctets(read ?? trace, 1, from)).toEqual(streamOctets(trace, 1, from))
      }),
    )
  })
})

test.runIf(haveTshark())('captures that editcap, mergecap and text2pcap write can be read', async () => {
  const talk = tcpTalk()
  const packets = [...talk.handshake(), talk.data('tester', echo(1)), talk.data('iut', echo(2))]
  await withCapture(pcapOf(packets), async (file) => {
    for (const format of ['pcap', 'nsecpcap', 'pcapng']) {
      execFileSync('editcap', ['-F', format, file, `${file}.${format}`])
      const { conversations } = readCapture(readFileSync(`${file}.${format}`))
      expect(gist(conversations[0]?.trace)).toEqual(ECHOES)
      expect(conversations[0]?.trace.startedAt).toBe(1_700_000_001_005)
    }
    execFileSync('mergecap', ['-w', `${file}.merged`, `${file}.pcap`, `${file}.nsecpcap`])
    expect(gist(readCapture(readFileSync(`${file}.merged`)).conversations[0]?.trace)).toEqual(ECHOES)
    const lines = packets.map(
      (packet) => `000000 ${[...packet].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')}\n`,
    )
    writeFileSync(`${file}.txt`, lines.join('\n'))
    execFileSync('text2pcap', ['-q', '-e', '0x800', `${file}.txt`, `${file}.ethernet`])
    expect(gist(readCapture(readFileSync(`${file}.ethernet`)).conversations[0]?.trace)).toEqual(ECHOES)
  })
})

describe.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('pcap, little-endian %s, nanoseconds %s', (littleEndian, nanoseconds) => {
  test.each(Object.entries(LINK_HEADERS))('%s', (_, { linkType, header }) => {
    const talk = tcpTalk()
    const packets = [...talk.handshake(), talk.data('tester', echo(1)), talk.data('iut', echo(2))]
    const file = pcapOf(
      packets.map((packet) => concat(header, packet)),
      { littleEndian, nanoseconds, linkType },
    )
    const { conversations, frames, notes } = readCapture(file)
    expect(notes).toEqual([])
    expect(frames).toBe(5)
    expect(gist(conversations[0]?.trace)).toEqual(ECHOES)
    // The first step is the answer to SYN, in the second frame.
    expect(conversations[0]?.trace.startedAt).toBe(1_700_000_001_005)
    expect(conversations[0]?.trace.entries.map(({ at }) => at)).toEqual([0, 2000, 3000])
    expect(conversations[0]?.frames).toEqual([2, 4, 5])
  })
})

describe('TCP', () => {
  const read = (...packets: readonly Uint8Array[]) => readCapture(pcapOf(packets)).conversations[0]?.trace

  test('segments may come out of order, twice, and overlapping', () => {
    const talk = tcpTalk()
    const begin = talk.handshake()
    const whole = concat(echo(1), echo(2), echo(3))
    const from = (at: number, end: number) => talk.data('tester', whole.subarray(at, end), 1001 + at)
    const trace = read(
      ...begin,
      from(0, 5),
      from(16, 40),
      from(3, 20),
      from(16, 40),
      from(40, 48),
      from(0, 48),
    )
    expect(gist(trace)).toEqual([1, 2, 3].map((identifier) => `control tester ${toHex(echo(identifier))}`))
    expect(kinds(trace)).not.toContain('tcp-gap tester')
  })

  test('a missing segment is a gap, at the place where it is first noticed', () => {
    const talk = tcpTalk()
    const begin = talk.handshake()
    const first = talk.data('tester', echo(1))
    talk.next.tester += 16
    const third = talk.data('tester', echo(3))
    const answer = talk.data('iut', echo(4))
    expect(kinds(read(...begin, first, third, answer, talk.fin('tester')))).toEqual([
      'tcp-open',
      'tcp-data tester',
      'tcp-gap tester',
      'tcp-data iut',
    ])
    // No segment follows the missing one, but the other side acknowledged it.
    expect(kinds(read(...begin, first, answer))).toEqual([
      'tcp-open',
      'tcp-data tester',
      'tcp-gap tester',
      'tcp-data iut',
    ])
  })

  test('sequence numbers wrap', () => {
    const talk = tcpTalk(undefined, undefined, { tester: 0xffff_fff5, iut: 0xffff_ffff })
    const packets = [...talk.handshake(), talk.data('tester', echo(1)), talk.data('iut', echo(2))]
    const trace = read(...packets, talk.fin('iut'), talk.fin('tester'))
    expect(gist(trace)).toEqual(ECHOES)
    expect(kinds(trace).slice(-2)).toEqual(['tcp-end iut', 'tcp-end tester'])
  })

  test('a capture that begins in the middle has no opening', () => {
    const talk = tcpTalk()
    talk.handshake()
    const trace = read(
      talk.data('iut', Uint8Array.of(1, 2, 3)),
      talk.data('tester', echo(1)),
      talk.data('iut', echo(2)),
    )
    expect(gist(trace)).toEqual(ECHOES)
    expect(kinds(trace)).toEqual(['tcp-data tester', 'tcp-data iut'])
  })

  test('the same ports again are another connection; connections to another port are ignored', () => {
    const first = tcpTalk()
    const second = tcpTalk(undefined, undefined, { tester: 77_000, iut: 88_000 })
    const other = tcpTalk({ address: '192.0.2.1', port: 9 }, { address: '192.0.2.2', port: 80 })
    const trace = read(
      ...first.handshake(),
      first.data('tester', echo(1)),
      first.rst('tester'),
      ...other.handshake(),
      other.data('iut', echo(9)),
      ...second.handshake(),
      second.data('iut', echo(2)),
    )
    expect(gist(trace)).toEqual(ECHOES)
    expect(trace?.entries.map((entry) => ('connection' in entry ? entry.connection : 0))).toEqual([
      1, 1, 1, 2, 2,
    ])
  })

  test('an unanswered SYN is no conversation', () => {
    const [syn] = tcpTalk().handshake()
    expect(readCapture(pcapOf(syn === undefined ? [] : [syn])).conversations).toEqual([])
  })

  test('both ends may have one address', () => {
    const here = '127.0.0.1'
    const talk = tcpTalk({ address: here, port: 5 }, { address: here, port: 1723 })
    const trace = read(...talk.handshake(), talk.data('tester', echo(1)), talk.data('iut', echo(2)))
    expect(gist(trace)).toEqual(ECHOES)
  })
})

describe('IPv4', () => {
  const packet = encodeGre(grePacket({ callId: 4, sequenceNumber: 0, payload: new Uint8Array(1400).fill(7) }))
  const whole = greIpPacket('192.0.2.1', '192.0.2.2', 9, packet)

  test('fragments in any order, twice, or overlapping make one packet', () => {
    const fragments = fragmentsOf(whole, 400)
    const [first, second, third, fourth] = fragments
    if (!first || !second || !third || !fourth) throw new Error('four fragments')
    for (const order of [fragments, [fourth, second, first, third], [first, first, fourth, third, second]]) {
      const { conversations, notes } = readCapture(pcapOf(order))
      expect(notes).toEqual([])
      expect(gist(conversations[0]?.trace)).toEqual([`gre tester ${toHex(packet)}`])
    }
  })

  test('missing, contradictory or too many fragments do not make a packet', () => {
    const [first, second] = fragmentsOf(whole, 400)
    if (!first || !second) throw new Error('two fragments')
    const beyond = second.slice()
    new DataView(beyond.buffer).setUint16(6, 0x1fff)
    for (const order of [[first, second], [beyond], [first, beyond]]) {
      const { conversations, notes } = readCapture(pcapOf(order))
      expect(conversations).toEqual([])
      expect(notes).toHaveLength(1)
    }
  })

  test('the trace says how many octets the capture cut off', () => {
    const trace = readCapture(pcapOf([whole], { snapLength: 100 })).conversations[0]?.trace
    expect(trace?.entries[0]).toMatchObject({ kind: 'gre', cut: whole.length - 100 })
    const talk = tcpTalk()
    const packets = [...talk.handshake(), talk.data('tester', START), talk.data('iut', echo(2))]
    expect(kinds(readCapture(pcapOf(packets, { snapLength: 60 })).conversations[0]?.trace)).toEqual([
      'tcp-open',
      'tcp-data tester',
      'tcp-gap tester',
      'tcp-data iut',
    ])
  })

  test('other packets are left out and counted', () => {
    expect(readCapture(pcapOf(OTHER_PACKETS))).toEqual({
      conversations: [],
      frames: 2,
      notes: ['1 frame left out: IPv6'],
    })
  })
})

describe('files that are not captures', () => {
  const good = writePcapng(readTrace(traceOf(opened(), data(echo(1)), data(echo(2), 'iut')))).octets
  const pcap = pcapOf([whole()])
  function whole() {
    return greIpPacket(
      '192.0.2.1',
      '192.0.2.2',
      9,
      encodeGre(grePacket({ callId: 4, acknowledgmentNumber: 1 })),
    )
  }
  const patched = (octets: Uint8Array, at: number, ...values: readonly number[]) => {
    const copy = octets.slice()
    copy.set(values, at)
    return copy
  }

  test.each([
    ['empty', new Uint8Array(0), /f is empty/],
    ['short', Uint8Array.of(1), /too short for a capture file \(octets: 1\)/],
    [
      'text',
      new TextEncoder().encode('hello there'),
      /not a capture file: it begins with 0x68656C6C at offset 0/,
    ],
    ['byte order', patched(good, 8, 0), /damaged at offset 8: no byte-order magic/],
    ['block length', patched(good, 4, 0, 0, 0, 3), /damaged at offset 4: a block of 3 octets/],
    ['frame length', patched(pcap, 32, 0xff), /damaged at offset 32: a frame of \d+ octets/],
  ])('%s', (_, octets, message) => {
    expect(() => readCapture(octets, 'f')).toThrow(message)
    expect(() => readCapture(octets, 'f')).toThrow(UsageError)
  })

  test('of a file that ends early, the frames before its end are read', () => {
    const { conversations, notes } = readCapture(good.subarray(0, good.length - 5))
    expect(gist(conversations[0]?.trace)).toEqual(ECHOES.slice(0, 1))
    expect(notes).toEqual([expect.stringMatching(/^the file ends inside a block, at offset \d+$/)])
    expect(readCapture(pcap.subarray(0, 50)).notes).toEqual(['the file ends inside a frame, at offset 24'])
  })

  test('any octets, and any damage, lead to a result or a UsageError', () => {
    const damage = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 12 })
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      damage.map((changes) => {
        const copy = good.slice()
        for (const [at, value] of changes) copy[at % copy.length] = value
        return copy
      }),
      fc.uint8Array({ maxLength: 400 }).map((octets) => concat(pcap.subarray(0, 24), octets)),
      fc
        .array(fc.uint8Array({ maxLength: 120 }), { maxLength: 8 })
        .chain((frames) =>
          fc.constantFrom(0, 1, 101, 108, 113, 252, 276, 300).map((linkType) => pcapOf(frames, { linkType })),
        ),
    )
    fc.assert(
      fc.property(file, (octets) => {
        try {
          for (const { trace } of readCapture(octets).conversations) messagesOf(readTrace(trace))
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('segments and fragments of all kinds do not throw', () => {
    const talk = tcpTalk()
    const begin = talk.handshake()
    const small = fc.nat(60)
    const packet = fc
      .tuple(small, fc.uint8Array({ maxLength: 40 }), fc.constantFrom<Side>('tester', 'iut'), fc.nat(3))
      .map(([at, octets, from, kind]) => {
        const base = from === 'tester' ? 1001 : 2001
        if (kind === 0) return [talk.fin(from)]
        const made = talk.data(from, octets, base + at)
        return kind === 1 ? fragmentsOf(made, 16) : [made]
      })
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 20 }), (packets) => {
        const { conversations } = readCapture(pcapOf([...begin, ...packets.flat()]))
        for (const { trace } of conversations)
          trace.entries.forEach(({ index }, at) => {
            expect(index).toBe(at)
          })
      }),
      { numRuns: 500 },
    )
  })
})
