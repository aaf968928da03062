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
  test("the first packet of a call is an LCP Configure-Request, number 0, with the peer's Call ID", () => {
    const { bench } = placed()
    const [first] = gre(bench)
    expect(first).toMatchObject({ callId: 7, sequenceNumber: 0, acknowledgmentPresent: 0, version: 1 })
    expect([...(first?.payload.subarray(0, 5) ?? [])]).toEqual([0xff, 0x03, 0xc0, 0x21, 1])
  })

  test('an answer carries the acknowledgment; without an answer, one is sent after 100 ms', () => {
    const { bench, own } = placed()
    gre(bench)
    bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
    expect(gre(bench)).toMatchObject([{ sequencePresent: 1, acknowledgmentNumber: 0 }])
    bench.gre({ callId: own, sequenceNumber: 1, payload: lcp(11, 1) })
    expect(gre(bench)).toEqual([])
    bench.advance(100)
    expect(gre(bench)).toMatchObject([{ sequencePresent: 0, payloadLength: 0, acknowledgmentNumber: 1 }])
  })

  test('half a window of packets is acknowledged at once', () => {
    const { bench, own } = placed()
    gre(bench)
    for (let sequenceNumber = 0; sequenceNumber < 8; sequenceNumber++)
      bench.gre({ callId: own, sequenceNumber, payload: lcp(11, 1) })
    expect(gre(bench)).toMatchObject([{ acknowledgmentNumber: 7 }])
  })

  test('stops when the window is full, and goes on after an acknowledgment or a time-out', () => {
    const { bench, own } = placed(4)
    gre(bench)
    for (let sequenceNumber = 0; sequenceNumber < 10; sequenceNumber++)
      bench.gre({ callId: own, sequenceNumber, payload: lcp(1, sequenceNumber) })
    // The window begins with 2, half of 4; the Configure-Request takes one.
    expect(answers(bench)).toBe(1)
    bench.gre({ callId: own, acknowledgmentNumber: 1 })
    expect(answers(bench)).toBe(3)
    bench.advance(600)
    expect(answers(bench)).toBe(2)
  })

  test('an acknowledgment of a packet never sent is ignored', () => {
    const { bench, own } = placed(2)
    gre(bench)
    bench.gre({ callId: own, sequenceNumber: 0, acknowledgmentNumber: 50, payload: lcp(1, 1) })
    expect(answers(bench)).toBe(0)
  })
})

describe('receiving', () => {
  test.each<[string, Partial<GrePacket>]>([
    ['C as 1', { checksumPresent: 1 }],
    ['R as 1', { routingPresent: 1 }],
    ['K as 0', { keyPresent: 0 }],
    ['Ver 0', { version: 0 }],
    ['Ver 2', { version: 2 }],
    ['Protocol Type 0x0800', { protocolType: 0x0800 }],
    ['Payload Length beyond the packet', { payloadLength: 500 }],
    ['an unknown Call ID', { callId: 1 }],
    ['payload without S', { sequencePresent: 0 }],
  ])('drops a packet with %s', (_name, spoilt) => {
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

  test('octets after the payload are not part of it', () => {
    const { bench, own } = placed()
    bench.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1), trailing: new Uint8Array(9) })
    expect(answers(bench)).toBe(1)
  })

  test('delivers each sequence number once and in order, in spite of gaps', () => {
    const { bench, own } = placed()
    gre(bench)
    for (const sequenceNumber of [0, 0, 2, 1, 2, 3])
      bench.gre({ callId: own, sequenceNumber, acknowledgmentNumber: 0, payload: lcp(1, sequenceNumber) })
    expect(gre(bench).map(({ acknowledgmentNumber }) => acknowledgmentNumber)).toEqual([0, 2, 3])
  })
})
