import fc from 'fast-check'
import { expect, test } from 'vitest'
import { controlMessage, encodeControl } from '../protocol/control.ts'
import { type GrePacket, isLater } from '../protocol/gre.ts'
import { MESSAGE_NAMES } from '../protocol/messages.ts'
import { createFaults } from './faults.ts'
import { createReference } from './machine.ts'
import { MUTANT_NAMES } from './mutants.ts'
import { createBench, lcp } from './testing/bench.ts'

const anyMessage = fc
  .tuple(fc.constantFrom(...MESSAGE_NAMES), fc.array(fc.tuple(fc.nat(219), fc.nat(255)), { maxLength: 4 }))
  .map(([name, edits]) => {
    const octets = encodeControl(controlMessage(name, {}))
    for (const [at, octet] of edits) if (at < octets.length) octets[at] = octet
    return octets
  })
const step = fc.oneof(
  fc.record({
    kind: fc.constant('octets' as const),
    octets: fc.oneof(anyMessage, fc.uint8Array({ maxLength: 300 })),
  }),
  fc.record({ kind: fc.constant('gre' as const), octets: fc.uint8Array({ maxLength: 60 }) }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(70_000) }),
)
const fault = fc.option(fc.constantFrom(...MUTANT_NAMES), { nil: undefined })

test('no octets make the machine throw, with or without a fault', () => {
  fc.assert(
    fc.property(fault, fc.boolean(), fc.array(step, { maxLength: 30 }), (active, established, steps) => {
      const bench = createBench(createReference({ faults: createFaults(active) }))
      const id = established ? bench.establish() : bench.connect()
      if (established) bench.place(id)
      for (const one of steps)
        if (one.kind === 'octets') bench.octets(id, one.octets)
        else if (one.kind === 'gre') bench.happen({ kind: 'gre', from: '10.0.0.2', octets: one.octets })
        else bench.advance(one.ms)
      bench.happen({ kind: 'tcp-closed', connection: id })
      expect(bench.timers().filter((timer) => timer.startsWith('connection/'))).toEqual([])
    }),
    { numRuns: 500 },
  )
})

const traffic = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('request' as const), gap: fc.integer({ min: -3, max: 3 }) }),
    fc.record({ kind: fc.constant('acknowledge' as const), behind: fc.nat(4) }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.nat(2_000) }),
  ),
  { maxLength: 80 },
)

test('sequence numbers have no gaps, acknowledgments only grow, and the window is never exceeded', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), traffic, (window, steps) => {
      const bench = createBench(createReference())
      const own = bench.place(bench.establish(), { packetRecvWindowSize: window })
      let sequence = 0
      let highestSent = -1
      let expected = 0
      let acknowledged = -1
      let lastAcknowledgment = -1
      let forgotten = -1

      const look = () => {
        for (const packet of bench.packets() as GrePacket[]) {
          if (packet.acknowledgmentNumber !== undefined) {
            expect(packet.acknowledgmentNumber).toBeGreaterThanOrEqual(lastAcknowledgment)
            expect(packet.acknowledgmentNumber).toBeLessThanOrEqual(highestSent)
            lastAcknowledgment = packet.acknowledgmentNumber
          }
          if (packet.sequenceNumber === undefined) continue
          expect(packet.sequenceNumber).toBe(expected++)
        }
        expect(expected - 1 - Math.max(acknowledged, forgotten)).toBeLessThanOrEqual(window)
      }
      look()
      for (const one of steps) {
        if (one.kind === 'request') {
          const sequenceNumber = Math.max(0, sequence + one.gap)
          sequence = sequenceNumber + 1
          if (highestSent === -1 || isLater(sequenceNumber, highestSent)) highestSent = sequenceNumber
          bench.gre({ callId: own, sequenceNumber, payload: lcp(1, sequenceNumber & 0xff) })
        } else if (one.kind === 'acknowledge') {
          const number = expected - 1 - one.behind
          if (number < 0) continue
          acknowledged = Math.max(acknowledged, number)
          bench.gre({ callId: own, acknowledgmentNumber: number })
        } else {
          // After a time-out, packets sent before it no longer count (interpretation A-60).
          forgotten = Number.MAX_SAFE_INTEGER
          bench.advance(one.ms)
        }
        look()
        if (forgotten === Number.MAX_SAFE_INTEGER) forgotten = expected - 1
      }
    }),
  )
})
