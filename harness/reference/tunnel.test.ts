import { describe, expect, test } from 'vitest'
import type { GrePacket } from '../protocol/gre.ts'
import { createReference } from './machine.ts'
import { type Bench, createBench, lcp } from './testing/bench.ts'

function placed(packetRecvWindowSize = 8): { readonly bench: Bench; readonly own: number } {
  const bench = createBench(createReference())
  const own = bench.place(bench.establish(), { packetRecvWindowSize })
  return { bench, own }
}
const gre = (bench: Bench) => bench.packets().filter((packet): packet is GrePacket => packet.kind === 'gre')
const answers = (bench: Bench) => gre(bench).filter(({ payload }) => payload[4] === 2).length

describe('sending', () => {
  test('a call begins with an LCP Configure-Request, number 0, to the Call ID of the peer', () => {
    const { bench } = placed()
    const [first] = gre(bench)
    expect(first).toMatchObject({ callId: 7, sequenceNumber: 0, acknowledgmentPresent: 0, version: 1 })
    expect([...(first?.payload.subarray(0, 5) ?? [])]).toEqual([0xff, 0x03, 0xc0, 0x21, 1])
  })

  test('an answer carries the acknowledgment; without an answer it follows after 100 ms', () => {
    const { bench, own } = placed()
    gre(bench)
    bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
    expect(gre(bench)).toMatchObject([{ sequencePresent: 1, acknowledgmentNumber: 0 }])
    bench.gre({ callId: own, sequenceNumber: 1, payload: lcp(11, 1) })
    expect(gre(bench)).toEqual([])
    bench.advance(100)
    expect(gre(bench)).toMatchObject([{ sequencePresent: 0, payloadLength: 0, acknowledgmentNumber: 1 }])
  })

  test('half a window without an acknowledgment is acknowledged at once', () => {
    const { bench, own } = placed()
    gre(bench)
    for (let sequenceNumber = 0; sequenceNumber < 8; sequenceNumber++)
      bench.gre({ callId: own, sequenceNumber, payload: lcp(11, 1) })
    expect(gre(bench)).toMatchObject([{ acknowledgmentNumber: 7 }])
  })

  test('stops at the window, goes on after an acknowledgment and after a time-out', () => {
    const { bench, own } = placed(4)
    gre(bench)
    for (let sequenceNumber = 0; sequenceNumber < 10; sequenceNumber++)
      bench.gre({ callId: own, sequenceNumber, payload: lcp(1, sequenceNumber) })
    // Half of 4, of which the Configure-Request took one.
    expect(answers(bench)).toBe(1)
    bench.gre({ callId: own, acknowledgmentNumber: 1 })
    expect(answers(bench)).toBe(3)
    bench.advance(600)
    expect(answers(bench)).toBe(2)
  })

  test('an acknowledgment of what was never sent is ignored', () => {
    const { bench, own } = placed(2)
    gre(bench)
    bench.gre({ callId: own, sequenceNumber: 0, acknowledgmentNumber: 50, payload: lcp(1, 1) })
    expect(answers(bench)).toBe(0)
  })
})

describe('receiving', () => {
  test.each<[string, Partial<GrePacket>]>([
    ['C', { checksumPresent: 1 }],
    ['R', { routingPresent: 1 }],
    ['no K', { keyPresent: 0 }],
    ['Ver 0', { version: 0 }],
    ['Ver 2', { version: 2 }],
    ['Protocol Type', { protocolType: 0x0800 }],
    ['Payload Length beyond the packet', { payloadLength: 500 }],
    ['an unknown Call ID', { callId: 1 }],
    ['payload without S', { sequencePresent: 0 }],
  ])('drops %s', (_name, spoilt) => {
    const { bench, own } = placed()
    gre(bench)
    bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1), ...spoilt })
    bench.advance(1_000)
    expect(answers(bench)).toBe(0)
  })

  test('drops packets from another address', () => {
    const { bench, own } = placed()
    bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) }, '10.0.0.3')
    expect(answers(bench)).toBe(0)
  })

  test('what follows the payload is not part of it', () => {
    const { bench, own } = placed()
    bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1), trailing: new Uint8Array(9) })
    expect(answers(bench)).toBe(1)
  })

  test('delivers each number once and in order, over gaps', () => {
    const { bench, own } = placed()
    gre(bench)
    for (const sequenceNumber of [0, 0, 2, 1, 2, 3])
      bench.gre({ callId: own, sequenceNumber, acknowledgmentNumber: 0, payload: lcp(1, sequenceNumber) })
    expect(gre(bench).map(({ acknowledgmentNumber }) => acknowledgmentNumber)).toEqual([0, 2, 3])
  })
})
