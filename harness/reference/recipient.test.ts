import { describe, expect, test } from 'vitest'
import { controlMessage, encodeControl, validateControl } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import { concat } from '../protocol/octets.ts'
import type { Configuration } from './configuration.ts'
import { createReference } from './machine.ts'
import { type Bench, callRequest, createBench, lcp } from './testing/bench.ts'

const bench = (configuration: Partial<Configuration> = {}) => createBench(createReference({ configuration }))

interface Row {
  readonly when: string
  readonly configuration?: Partial<Configuration>
  /** Returns the id of the connection on which `answers` and `closes` are checked. */
  readonly play: (bench: Bench) => string
  readonly answers: readonly object[]
  readonly closes: boolean
}

const start = encodeControl(controlMessage('Start-Control-Connection-Request'))
const before = (name: ControlMessage['name'], values: object) => (b: Bench) => {
  const id = b.connect()
  b.send(id, name, values)
  return id
}
const established = (act: (b: Bench, id: string) => void) => (b: Bench) => {
  const id = b.establish()
  act(b, id)
  return id
}
const octets = (edit: (message: Uint8Array) => void) => (b: Bench) => {
  const id = b.connect()
  const spoilt = start.slice()
  edit(spoilt)
  b.octets(id, spoilt)
  return id
}

const ROWS: readonly Row[] = [
  {
    when: 'version 1.0',
    play: before('Start-Control-Connection-Request', {}),
    answers: [
      {
        name: 'Start-Control-Connection-Reply',
        resultCode: 1,
        errorCode: 0,
        protocolVersion: 0x0100,
        maximumChannels: 16,
      },
    ],
    closes: false,
  },
  {
    when: 'a later version',
    play: before('Start-Control-Connection-Request', { protocolVersion: 0x0200 }),
    answers: [{ resultCode: 1, protocolVersion: 0x0100 }],
    closes: false,
  },
  {
    when: 'an earlier version',
    play: before('Start-Control-Connection-Request', { protocolVersion: 0x00ff }),
    answers: [{ resultCode: 5, errorCode: 0, protocolVersion: 0x0100 }],
    closes: true,
  },
  { when: 'a wrong Magic Cookie', play: octets((m) => m.fill(0, 4, 8)), answers: [], closes: true },
  { when: 'Length 11', play: octets((m) => m.set([0, 11])), answers: [], closes: true },
  { when: 'Length 65535', play: octets((m) => m.set([0xff, 0xff])), answers: [], closes: true },
  { when: 'Length 155', play: octets((m) => m.set([0, 155])), answers: [], closes: true },
  { when: 'PPTP Message Type 2', play: octets((m) => m.set([0, 2], 2)), answers: [], closes: true },
  { when: 'Control Message Type 16', play: octets((m) => m.set([0, 16], 8)), answers: [], closes: true },
  {
    when: 'reserved fields that are not 0',
    play: octets((m) => m.set([0xff, 0xff], 10)),
    answers: [{ resultCode: 1 }],
    closes: false,
  },
  {
    when: 'a second start request',
    play: established((b, id) => b.send(id, 'Start-Control-Connection-Request')),
    answers: [{ name: 'Start-Control-Connection-Reply', resultCode: 3 }],
    closes: false,
  },
  {
    when: 'a second connection from the same address',
    play(b) {
      b.establish()
      return before('Start-Control-Connection-Request', {})(b)
    },
    answers: [{ resultCode: 3 }],
    closes: true,
  },
  {
    when: 'Echo-Request before the start',
    play: before('Echo-Request', { identifier: 9 }),
    answers: [{ name: 'Echo-Reply', identifier: 9, resultCode: 2, errorCode: 1 }],
    closes: false,
  },
  {
    when: 'Outgoing-Call-Request before the start',
    play: before('Outgoing-Call-Request', callRequest()),
    answers: [{ name: 'Outgoing-Call-Reply', peersCallId: 7, resultCode: 2, errorCode: 1 }],
    closes: false,
  },
  {
    when: 'Incoming-Call-Request before the start',
    play: before('Incoming-Call-Request', { callId: 7 }),
    answers: [{ name: 'Incoming-Call-Reply', peersCallId: 7, resultCode: 2, errorCode: 1 }],
    closes: false,
  },
  {
    when: 'a stop request before the start',
    play: before('Stop-Control-Connection-Request', { reason: 1 }),
    answers: [{ name: 'Stop-Control-Connection-Reply', resultCode: 2, errorCode: 1 }],
    closes: false,
  },
  { when: 'Set-Link-Info before the start', play: before('Set-Link-Info', {}), answers: [], closes: false },
  {
    when: 'Echo-Request',
    play: established((b, id) => b.send(id, 'Echo-Request', { identifier: 0xfeedface })),
    answers: [{ name: 'Echo-Reply', identifier: 0xfeedface, resultCode: 1, errorCode: 0 }],
    closes: false,
  },
  {
    when: 'a stop request',
    play: established((b, id) => b.send(id, 'Stop-Control-Connection-Request', { reason: 3 })),
    answers: [{ name: 'Stop-Control-Connection-Reply', resultCode: 1, errorCode: 0 }],
    closes: true,
  },
  {
    when: 'a clear request with an unknown Call ID',
    play: established((b, id) => b.send(id, 'Call-Clear-Request', { callId: 1 })),
    answers: [],
    closes: false,
  },
  {
    when: 'Call-Disconnect-Notify from a PNS',
    play: established((b, id) => {
      const own = b.place(id)
      b.send(id, 'Call-Disconnect-Notify', { callId: own, resultCode: 1 })
    }),
    answers: [],
    closes: false,
  },
  {
    when: 'a call reply without a request',
    play: established((b, id) => b.send(id, 'Outgoing-Call-Reply', { resultCode: 1 })),
    answers: [],
    closes: false,
  },
  {
    when: 'an incoming call',
    play: established((b, id) => b.send(id, 'Incoming-Call-Request', { callId: 5, callBearerType: 2 })),
    answers: [
      {
        name: 'Incoming-Call-Reply',
        callId: 0x4001,
        peersCallId: 5,
        resultCode: 1,
        errorCode: 0,
        packetRecvWindowSize: 16,
      },
    ],
    closes: false,
  },
  {
    when: 'an incoming call, although it accepts none',
    configuration: { incomingCalls: false },
    play: established((b, id) => b.send(id, 'Incoming-Call-Request', { callId: 5, callBearerType: 2 })),
    answers: [{ name: 'Incoming-Call-Reply', peersCallId: 5, resultCode: 3, errorCode: 0 }],
    closes: false,
  },
]

test.each(ROWS)('$when', ({ configuration, play, answers, closes }) => {
  const b = bench(configuration)
  const id = play(b)
  const messages = b.messages(id)
  expect(messages).toHaveLength(answers.length)
  expect(messages).toMatchObject(answers)
  expect(messages.flatMap(validateControl)).toEqual([])
  expect(b.closed(id)).toBe(closes)
})

describe('call requests', () => {
  test.each([
    [{}, { resultCode: 1, errorCode: 0, callId: 0x4001, connectSpeed: 10_000_000, packetRecvWindowSize: 16 }],
    [
      { minimumBps: 300, maximumBps: 9600 },
      { resultCode: 1, connectSpeed: 9600 },
    ],
    [
      { minimumBps: 20_000_000, maximumBps: 30_000_000 },
      { resultCode: 1, connectSpeed: 20_000_000 },
    ],
    [{ bearerType: 0 }, { resultCode: 2, errorCode: 3 }],
    [{ bearerType: 4 }, { resultCode: 2, errorCode: 3 }],
    [{ framingType: 0 }, { resultCode: 2, errorCode: 3 }],
    [
      { minimumBps: 2, maximumBps: 1 },
      { resultCode: 2, errorCode: 3 },
    ],
    [{ phoneNumberLength: 65 }, { resultCode: 2, errorCode: 3 }],
    [{ packetRecvWindowSize: 0 }, { resultCode: 2, errorCode: 3 }],
    [{ reserved1: 1 }, { resultCode: 1 }],
    [{ callId: 0 }, { resultCode: 1, peersCallId: 0 }],
  ])('%o is answered with %o', (values, reply) => {
    const b = bench()
    const id = b.establish()
    b.send(id, 'Outgoing-Call-Request', { ...callRequest(), ...values })
    expect(b.messages(id)).toMatchObject([{ name: 'Outgoing-Call-Reply', peersCallId: 7, ...reply }])
    expect(b.closed(id)).toBe(false)
  })

  test('a Call ID in use, and more calls than channels, are refused', () => {
    const b = bench({ channels: 2 })
    const id = b.establish()
    b.place(id)
    b.send(id, 'Outgoing-Call-Request', callRequest())
    b.send(id, 'Outgoing-Call-Request', { ...callRequest(), callId: 8 })
    b.send(id, 'Outgoing-Call-Request', { ...callRequest(), callId: 9 })
    expect(b.messages(id)).toMatchObject([
      { resultCode: 2, errorCode: 5 },
      { resultCode: 1, callId: 0x4002 },
      { resultCode: 2, errorCode: 4 },
    ])
  })

  test("clearing a call draws Call-Disconnect-Notify with the PAC's Call ID and ends its tunnel", () => {
    const b = bench()
    const id = b.establish()
    const own = b.place(id)
    b.send(id, 'Call-Clear-Request', { callId: 7 })
    expect(b.messages(id)).toMatchObject([
      { name: 'Call-Disconnect-Notify', callId: own, resultCode: 4, errorCode: 0 },
    ])
    b.packets()
    b.gre({ callId: own, sequenceNumber: 0, payload: lcp(1, 1) })
    b.advance(50_000)
    expect(b.packets()).toEqual([])
  })

  test('a call cleared while dialling is answered with Call-Disconnect-Notify, not with a reply', () => {
    const b = bench({ dialTime: 5_000 })
    const id = b.establish()
    b.send(id, 'Outgoing-Call-Request', callRequest())
    b.send(id, 'Call-Clear-Request', { callId: 7 })
    b.advance(10_000)
    expect(b.messages(id)).toMatchObject([{ name: 'Call-Disconnect-Notify', resultCode: 4 }])
  })

  test.each([
    ['busy', 4],
    ['time-out', 6],
  ] as const)(
    'dialling that ends with %s is reported with Result Code %d and no Error Code',
    (dialOutcome, resultCode) => {
      const b = bench({ dialOutcome })
      const id = b.establish()
      b.send(id, 'Outgoing-Call-Request', callRequest())
      expect(b.messages(id)).toMatchObject([{ resultCode, errorCode: 0 }])
    },
  )

  test('an LCP Terminate-Request of the peer ends the call', () => {
    const b = bench()
    const id = b.establish()
    const own = b.place(id)
    b.gre({ callId: own, sequenceNumber: 0, payload: lcp(2, 1, requested(b)) })
    b.gre({ callId: own, sequenceNumber: 1, payload: lcp(1, 1) })
    b.gre({ callId: own, sequenceNumber: 2, payload: lcp(5, 9) })
    b.advance(5_000)
    expect(b.messages(id)).toMatchObject([{ name: 'Call-Disconnect-Notify', callId: own, resultCode: 1 }])
  })

  /** The options of the Configure-Request that the machine just sent. */
  function requested(b: Bench): readonly number[] {
    const [packet] = b.packets()
    return packet?.kind === 'gre' ? [...packet.payload.subarray(8)] : []
  }
})

describe('time', () => {
  test('a connection without a complete start request is closed after 60 s', () => {
    const b = bench()
    const id = b.connect()
    b.advance(30_000)
    b.octets(id, start.slice(0, 20))
    b.advance(29_999)
    expect(b.closed(id)).toBe(false)
    b.advance(1)
    expect(b.closed(id)).toBe(true)
    expect(b.messages(id)).toEqual([])
  })

  test('sends Echo-Request after 60 s of silence, and closes after 60 s without a reply', () => {
    const b = bench()
    const id = b.establish()
    b.advance(60_000)
    expect(b.messages(id)).toMatchObject([{ name: 'Echo-Request' }])
    b.send(id, 'Set-Link-Info')
    b.advance(59_999)
    expect(b.closed(id)).toBe(false)
    b.advance(1)
    expect(b.closed(id)).toBe(true)
  })

  test('an Echo-Reply keeps the connection open, and any message restarts the 60 s of silence', () => {
    const b = bench()
    const id = b.establish()
    for (let minutes = 1; minutes <= 5; minutes++) {
      b.advance(60_000)
      const [request] = b.messages(id)
      if (request?.name !== 'Echo-Request') throw new Error('no Echo-Request')
      b.send(id, 'Echo-Reply', { identifier: request.identifier, resultCode: 1 })
      b.advance(30_000)
      b.send(id, 'Set-Link-Info')
    }
    b.advance(59_999)
    expect(b.messages(id)).toEqual([])
    expect(b.closed(id)).toBe(false)
  })

  test('a peer that keeps its side open is reset, and no timer remains', () => {
    const b = bench()
    const id = b.establish()
    b.place(id)
    b.send(id, 'Stop-Control-Connection-Request', { reason: 1 })
    b.advance(10_000)
    expect(b.transcript().endsWith(`${id} reset`)).toBe(true)
    b.happen({ kind: 'tcp-closed', connection: id })
    expect(b.timers()).toEqual([])
  })
})

test('a stream gives the same answers however it is segmented', () => {
  const b = bench()
  const id = b.connect()
  const stream = concat(start, encodeControl(controlMessage('Echo-Request', { identifier: 1 })))
  for (const octet of stream) b.octets(id, Uint8Array.of(octet))
  expect(b.messages(id).map(({ name }) => name)).toEqual(['Start-Control-Connection-Reply', 'Echo-Reply'])
})

test('a connection beyond the configured number is reset', () => {
  const b = bench({ connections: 2 })
  expect([b.connect(), b.connect(), b.connect()].map(b.closed)).toEqual([false, false, true])
})
