import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Impairment, PathImpairment } from '../network/impaired.ts'
import type { GreSocket } from '../network/network.ts'
import { canOpenRawGre } from '../network/raw-gre.ts'
import { createSimulatedNetwork } from '../network/simulated.ts'
import { createSystemNetwork } from '../network/system.ts'
import { loopbackAddresses } from '../network/testing/loopback.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import { encodeGre, GRE_PROTOCOL_PPP, grePacket } from '../protocol/gre.ts'
import { toHex } from '../protocol/octets.ts'
import { readCapture } from './capture.ts'
import { traceFromJson, traceToJson } from './json.ts'
import { ladder } from './ladder.ts'
import { readTrace } from './messages.ts'
import { writePcapng } from './pcapng.ts'
import { recordNetwork } from './recorder.ts'
import { haveTshark, tsharkCounts, tsharkFields, withCapture } from './testing/tshark.ts'
import type { Side, Trace, TraceEntry } from './trace.ts'

const TESTER = '10.0.0.2'
const IUT = '10.0.0.1'

/** What each end really sent and received, beside the trace. */
interface Outcome {
  readonly trace: Trace
  readonly sent: Readonly<Record<Side, readonly string[]>>
  readonly received: Readonly<Record<Side, readonly string[]>>
}

function packet(sequenceNumber: number): Uint8Array {
  return encodeGre(
    grePacket({
      callId: 7,
      protocolType: GRE_PROTOCOL_PPP,
      sequenceNumber,
      payload: Uint8Array.of(0xff, 0x03, 0xc0, 0x21, 1, sequenceNumber & 0xff, 0, 4),
    }),
  )
}

/** Both ends send numbered packets, one in each ms, through an impairment at the tester's end. */
async function converse(
  seed: number,
  impairment: PathImpairment,
  count = 200,
  limits?: { readonly entries: number; readonly octets: number },
): Promise<Outcome> {
  const clock = createVirtualClock()
  const world = createSimulatedNetwork({ clock, latency: 1 })
  const recorder = recordNetwork(world.host(TESTER), {
    startedAt: 1_700_000_000_000,
    impairment: { ...impairment, seed },
    ...(limits === undefined ? {} : { limits }),
  })
  const sent = { tester: [] as string[], iut: [] as string[] }
  const received = { tester: [] as string[], iut: [] as string[] }
  const testersEnd = await recorder.network.openGre(IUT)
  const ends: Readonly<Record<Side, GreSocket>> = {
    tester: testersEnd,
    iut: await world.host(IUT).openGre(TESTER),
  }
  testersEnd.onPacket((octets, entry) => {
    received.tester.push(toHex(octets))
    expect(recorder.trace().entries[entry]).toMatchObject({ kind: 'gre', from: 'iut', octets })
  })
  ends.iut.onPacket((octets) => received.iut.push(toHex(octets)))
  await clock.run(
    (async () => {
      for (let index = 0; index < count; index++) {
        for (const side of ['tester', 'iut'] as const) {
          const octets = packet(side === 'tester' ? index : 1000 + index)
          sent[side].push(toHex(octets))
          ends[side].send(octets)
        }
        await clock.sleep(1)
      }
      await clock.sleep(1_000)
    })(),
  )
  return { trace: recorder.trace(), sent, received }
}

type GreEntry = TraceEntry & { readonly kind: 'gre' }

function packetsOf(trace: Trace, from: Side, not: GreEntry['only']): readonly string[] {
  return trace.entries.flatMap((entry) =>
    entry.kind === 'gre' && entry.from === from && entry.only !== not ? [toHex(entry.octets)] : [],
  )
}

const rate = fc.constantFrom(0, 0.1, 0.5, 1)
const anyImpairment: fc.Arbitrary<Impairment> = fc.record({
  loss: rate,
  duplication: rate,
  reordering: rate,
  hold: fc.constantFrom(0, 3, 100),
  delay: fc.constantFrom(0, 5),
  jitter: fc.constantFrom(0, 20),
})

describe('the trace of an impaired path', () => {
  it('holds what each end sent and received, in the order of that end', () =>
    fc.assert(
      fc.asyncProperty(fc.integer(), anyImpairment, anyImpairment, async (seed, send, receive) => {
        const { trace, sent, received } = await converse(seed, { send, receive }, 100)
        for (const side of ['tester', 'iut'] as const) {
          const other = side === 'tester' ? 'iut' : 'tester'
          expect(packetsOf(trace, side, 'received')).toEqual(sent[side])
          expect(packetsOf(trace, side, 'sent')).toEqual(received[other])
        }
      }),
      { numRuns: 40 },
    ))

  it('holds every decision after its packet, and the same decisions again for the same seed', async () => {
    const impairment = { loss: 0.1, duplication: 0.1, reordering: 0.1, delay: 1, jitter: 5 }
    const plan = { send: impairment, receive: impairment }
    const { trace } = await converse(3, plan)
    const decisions = trace.entries.filter((entry) => entry.kind === 'impairment')
    for (const direction of ['send', 'receive'])
      for (const action of ['lose', 'duplicate', 'reorder', 'delay'])
        expect(
          decisions.filter((one) => one.direction === direction && one.action === action).length,
        ).toBeGreaterThan(5)
    for (const { of, direction, nth, action } of decisions) {
      const from = direction === 'send' ? 'tester' : 'iut'
      const concerned = trace.entries[of]
      expect(concerned).toMatchObject({ kind: 'gre', from })
      if (action !== 'duplicate') expect(concerned).toMatchObject({ only: 'sent' })
      expect(concerned).toMatchObject({ octets: packet(from === 'tester' ? nth : 1000 + nth) })
    }
    expect((await converse(3, plan)).trace).toEqual(trace)
    expect((await converse(4, plan)).trace).not.toEqual(trace)
  })

  it('does not mention an impairment that changes nothing', async () => {
    const { trace } = await converse(1, { send: {} })
    expect(trace.entries.every((entry) => entry.kind === 'gre' && entry.only === undefined)).toBe(true)
  })

  it('ends when the trace is full', async () => {
    const { trace, received } = await converse(1, { receive: { duplication: 1 } }, 50, {
      entries: 30,
      octets: 1_000_000,
    })
    expect(trace.entries).toHaveLength(31)
    expect(received.tester.length).toBeLessThan(30)
  })

  it('is the same after JSON and pcapng: every packet keeps the end that saw it', async () => {
    const impairment = { loss: 0.1, duplication: 0.1, reordering: 0.1, jitter: 5 }
    const { trace } = await converse(5, { send: impairment, receive: impairment })
    expect(traceFromJson(traceToJson(readTrace(trace)), 'trace.json')).toEqual(trace)
    const { octets, frames } = writePcapng(readTrace(trace))
    const [conversation, ...others] = readCapture(octets).conversations
    expect(others).toEqual([])
    const shown = (entries: readonly TraceEntry[]) =>
      entries.flatMap((entry) =>
        entry.kind === 'gre' ? [[entry.from, entry.only, toHex(entry.octets)].join(' ')] : [],
      )
    expect(shown(conversation?.trace.entries ?? [])).toEqual(shown(trace.entries))
    for (const { index, kind } of trace.entries) expect(frames.has(index), kind).toBe(true)
  })

  it('has open arrows in a ladder for packets that only one end saw', async () => {
    const { trace } = await converse(1, { send: { loss: 1 }, receive: { delay: 5 } }, 1)
    const lines = ladder(readTrace(trace)).split('\n')
    expect(lines.find((line) => line.includes('Seq 0'))).toMatch(/│── GRE .*─┄ {2}│$/)
    expect(
      lines.find((line) => line.includes('lost on its way to the implementation (entry 0)')),
    ).toBeDefined()
    expect(lines.find((line) => line.includes('Seq 1000'))).toMatch(/│ {2}┄─+ GRE .* ──│$/)
    expect(lines.findLast((line) => line.includes('Seq 1000'))).toMatch(/│◀───+ GRE .* ┄ │$/)
    expect(new Set(lines.filter((line) => line.endsWith('│')).map((line) => line.length)).size).toBe(1)
  })

  it.skipIf(!haveTshark())('is read completely by tshark, with an interface for each end', async () => {
    const impairment = { loss: 0.1, duplication: 0.1, reordering: 0.1, jitter: 5 }
    const { trace } = await converse(6, { send: impairment, receive: impairment })
    const { octets, counts } = writePcapng(readTrace(trace))
    await withCapture(octets, async (file) => {
      expect(await tsharkCounts(file)).toMatchObject({ gre: counts.gre, malformed: 0, badChecksums: 0 })
      const rows = await tsharkFields(file, ['frame.interface_name', 'frame.comment'])
      const entries = trace.entries.filter((entry): entry is GreEntry => entry.kind === 'gre')
      expect(rows.map(([name]) => name)).toEqual(
        entries.map(({ only }) => (only === undefined ? 'wire' : `pptpspec wire, ${only} only`)),
      )
      const lost = trace.entries.filter((entry) => entry.kind === 'impairment' && entry.action === 'lose')
      expect(rows.filter(([, comment]) => comment?.includes('lost on its way'))).toHaveLength(lost.length)
    })
  })
})

const rawMissing = !canOpenRawGre().ok && process.env.PPTPSPEC_REQUIRE_RAW !== '1'

describe.skipIf(rawMissing)('an impaired path on the real network', () => {
  it('loses and doubles the same packets as on the simulated network', async () => {
    const [here, there] = loopbackAddresses()
    const impairment = { send: { loss: 0.2, duplication: 0.2 }, receive: { loss: 0.3 } }
    const network = createSystemNetwork()
    const recorder = recordNetwork(network, { startedAt: 0, impairment: { ...impairment, seed: 9 } })
    try {
      const tester = await recorder.network.openGre(there, { from: here })
      const iut = await network.openGre(here, { from: there })
      const arrived: string[] = []
      iut.onPacket((octets) => arrived.push(toHex(octets)))
      for (let index = 0; index < 200; index++) {
        tester.send(packet(index))
        iut.send(packet(1000 + index))
      }
      const schedule = (trace: Trace, way: string) =>
        trace.entries.flatMap((entry) =>
          entry.kind === 'impairment' && entry.direction === way ? [`${entry.nth} ${entry.action}`] : [],
        )
      const { trace } = await converse(9, impairment)
      await expect
        .poll(() => schedule(recorder.trace(), 'receive'), { timeout: 5_000 })
        .toEqual(schedule(trace, 'receive'))
      expect(schedule(recorder.trace(), 'send')).toEqual(schedule(trace, 'send'))
      const expected = packetsOf(recorder.trace(), 'tester', 'sent')
      await expect.poll(() => arrived.length, { timeout: 5_000 }).toBe(expected.length)
      expect(arrived).toEqual(expected)
    } finally {
      await network.close()
    }
  })
})
