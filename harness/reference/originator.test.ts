import { describe, expect, test } from 'vitest'
import { validateControl } from '../protocol/control.ts'
import type { FollowUp } from './events.ts'
import { createReference } from './machine.ts'
import { type Bench, createBench, PEER, US } from './testing/bench.ts'

function originate(next: FollowUp = 'nothing', to = PEER): Bench {
  const bench = createBench(createReference())
  bench.command({ name: 'start', to: { address: to, port: 1723 }, next })
  open(bench, to)
  return bench
}
function open(bench: Bench, to: string): void {
  bench.happen({
    kind: 'tcp-opened',
    connection: 'o',
    local: { address: US, port: 40_000 },
    remote: { address: to, port: 1723 },
    by: 'us',
    attempt: 1,
  })
}
const names = (bench: Bench, id = 'o') => bench.messages(id).map(({ name }) => name)

describe('originator', () => {
  test('sends a valid start request, with Maximum Channels 0 as PNS', () => {
    const [request] = originate('outgoing-call').messages('o')
    expect(request).toMatchObject({
      name: 'Start-Control-Connection-Request',
      protocolVersion: 0x0100,
      maximumChannels: 0,
    })
    expect(request === undefined ? [] : validateControl(request)).toEqual([])
  })

  test.each([
    ['accepted', { resultCode: 1 }, ['Outgoing-Call-Request'], false],
    ['refused', { resultCode: 4 }, [], true],
    [
      'a later version',
      { resultCode: 1, protocolVersion: 0x0101 },
      ['Stop-Control-Connection-Request'],
      false,
    ],
    ['an earlier version', { resultCode: 1, protocolVersion: 1 }, ['Stop-Control-Connection-Request'], false],
  ])('start reply: %s', (_name, values, sent, closes) => {
    const bench = originate('outgoing-call')
    bench.messages('o')
    bench.send('o', 'Start-Control-Connection-Reply', values)
    expect(names(bench)).toEqual(sent)
    expect(bench.closed('o')).toBe(closes)
  })

  test('gives up after 60 s without a start reply', () => {
    const bench = originate()
    bench.advance(59_999)
    expect(bench.closed('o')).toBe(false)
    bench.advance(1)
    expect(bench.closed('o')).toBe(true)
  })

  test('places a call, clears it, and stops the connection', () => {
    const bench = originate('outgoing-call')
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.messages('o')
    bench.send('o', 'Outgoing-Call-Reply', {
      callId: 3,
      peersCallId: 0x4001,
      resultCode: 1,
      packetRecvWindowSize: 4,
    })
    expect(bench.packets()).toMatchObject([{ callId: 3, sequenceNumber: 0 }])
    bench.command({ name: 'clear-call', callId: 0x4001 })
    expect(bench.messages('o')).toMatchObject([{ name: 'Call-Clear-Request', callId: 0x4001 }])
    bench.send('o', 'Call-Disconnect-Notify', { callId: 3, resultCode: 4 })
    bench.command({ name: 'stop', address: PEER })
    expect(bench.messages('o')).toMatchObject([{ name: 'Stop-Control-Connection-Request', reason: 1 }])
    bench.send('o', 'Stop-Control-Connection-Reply', { resultCode: 1 })
    expect(bench.closed('o')).toBe(true)
  })

  test('a call request without a reply ends the whole connection after 60 s', () => {
    const bench = originate('outgoing-call')
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.advance(59_000)
    expect(bench.closed('o')).toBe(false)
    bench.advance(1_000)
    expect(bench.closed('o')).toBe(true)
  })

  test('a call cleared before its reply ends with any Call-Disconnect-Notify', () => {
    const bench = originate('outgoing-call')
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.command({ name: 'clear-call', callId: 0x4001 })
    bench.send('o', 'Call-Disconnect-Notify', { callId: 0xffff, resultCode: 4 })
    bench.advance(59_000)
    bench.send('o', 'Echo-Request')
    bench.advance(59_000)
    expect(bench.closed('o')).toBe(false)
  })

  test('offers an incoming call, connects it, and clears it when asked', () => {
    const bench = originate('incoming-call')
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.messages('o')
    bench.send('o', 'Incoming-Call-Reply', {
      callId: 3,
      peersCallId: 0x4001,
      resultCode: 1,
      packetRecvWindowSize: 4,
    })
    expect(bench.messages('o')).toMatchObject([{ name: 'Incoming-Call-Connected', peersCallId: 3 }])
    bench.send('o', 'Call-Clear-Request', { callId: 3 })
    expect(bench.messages('o')).toMatchObject([
      { name: 'Call-Disconnect-Notify', callId: 0x4001, resultCode: 4 },
    ])
  })

  test('in wait-stop-reply a stop request is answered and ends the connection', () => {
    const bench = originate()
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.command({ name: 'shut-down' })
    bench.messages('o')
    bench.send('o', 'Stop-Control-Connection-Request', { reason: 1 })
    expect(names(bench)).toEqual(['Stop-Control-Connection-Reply'])
    expect(bench.closed('o')).toBe(true)
  })
})

describe('hanging up', () => {
  const callUp = () => {
    const bench = originate('outgoing-call')
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.messages('o')
    return bench
  }

  test('clears the call, and stops the connection when the call is over', () => {
    const bench = callUp()
    const reply = { callId: 3, peersCallId: 0x4001, resultCode: 1, packetRecvWindowSize: 4 }
    bench.send('o', 'Outgoing-Call-Reply', reply)
    bench.command({ name: 'hang-up', address: PEER })
    expect(names(bench)).toEqual(['Call-Clear-Request'])
    bench.send('o', 'Call-Disconnect-Notify', { callId: 3, resultCode: 4 })
    expect(names(bench)).toEqual(['Stop-Control-Connection-Request'])
    bench.send('o', 'Stop-Control-Connection-Reply', { resultCode: 1 })
    expect(bench.closed('o')).toBe(true)
  })

  test('stops the connection at once without a call, and closes before the start reply', () => {
    const refused = callUp()
    refused.send('o', 'Outgoing-Call-Reply', { peersCallId: 0x4001, resultCode: 4 })
    refused.command({ name: 'hang-up', address: PEER })
    expect(names(refused)).toEqual(['Stop-Control-Connection-Request'])
    const early = originate('outgoing-call')
    early.command({ name: 'hang-up', address: PEER })
    expect(early.closed('o')).toBe(true)
  })
})

describe('persisting', () => {
  const persist = (cause: (bench: Bench) => void) => {
    const bench = createBench(createReference())
    bench.command({ name: 'start', to: { address: PEER, port: 1723 }, next: 'outgoing-call', persist: true })
    open(bench, PEER)
    cause(bench)
    bench.happen({ kind: 'tcp-closed', connection: 'o' })
    bench.advance(1_000)
    return bench.attempts()
  }

  test('a connection that was closed because of an error is opened again', () => {
    expect(persist((bench) => bench.octets('o', new Uint8Array(12)))).toEqual([1, 1])
    expect(persist((bench) => bench.advance(60_000))).toEqual([1, 1])
    const stuck = (bench: Bench) => {
      bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
      bench.advance(60_000)
    }
    expect(persist(stuck)).toEqual([1, 1])
  })

  test('a connection that the peer refused, stopped or closed is not opened again', () => {
    const reply = 'Start-Control-Connection-Reply'
    expect(persist((bench) => bench.send('o', reply, { resultCode: 4 }))).toEqual([1])
    expect(persist((bench) => bench.happen({ kind: 'tcp-ended', connection: 'o' }))).toEqual([1])
    const stopped = (bench: Bench) => {
      bench.send('o', reply, { resultCode: 1 })
      bench.send('o', 'Stop-Control-Connection-Request', { reason: 1 })
    }
    expect(persist(stopped)).toEqual([1])
  })
})

describe('collision', () => {
  test("the end with the lower address closes its own connection and answers on the peer's", () => {
    const bench = originate('nothing', '10.0.0.9')
    bench.messages('o')
    const theirs = bench.connect('10.0.0.9')
    bench.send(theirs, 'Start-Control-Connection-Request')
    expect(bench.closed('o')).toBe(true)
    expect(names(bench)).toEqual([])
    expect(bench.messages(theirs)).toMatchObject([{ name: 'Start-Control-Connection-Reply', resultCode: 1 }])
  })

  test("the end with the higher address sends nothing on the peer's connection", () => {
    const bench = originate('nothing', '9.255.255.255')
    const theirs = bench.connect('9.255.255.255')
    bench.send(theirs, 'Start-Control-Connection-Request')
    expect(names(bench, theirs)).toEqual([])
    bench.send('o', 'Start-Control-Connection-Reply', { resultCode: 1 })
    bench.happen({ kind: 'tcp-closed', connection: theirs })
    bench.send('o', 'Echo-Request')
    expect(names(bench)).toContain('Echo-Reply')
  })
})
