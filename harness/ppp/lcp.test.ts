import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AuthenticationMethod, encodeMethod } from './authentication.ts'
import { AUTOMATON } from './automaton.ts'
import { createLcp, type Lcp } from './lcp.ts'
import { decodePacket, encodeOptions, encodePacket, type Packet, PacketCode } from './packet.ts'
import type { PppAction } from './protocol.ts'

const NONE = new Uint8Array(0)
const sent = (actions: readonly PppAction[]) =>
  actions.flatMap((action) => (action.kind === 'send' ? (decodePacket(action.octets) ?? []) : []))
const give = (lcp: Lcp, code: number, identifier: number, data: Uint8Array = NONE) =>
  lcp.handle({ kind: 'packet', octets: encodePacket({ code, identifier, data }) })

/** Exchanges packets both ways until neither end sends any more. */
function converse(a: Lcp, b: Lcp): void {
  let toB = sent(a.handle({ kind: 'up' }))
  let toA = sent(b.handle({ kind: 'up' }))
  for (let round = 0; round < 20 && toA.length + toB.length > 0; round++) {
    const pass = (lcp: Lcp, packets: readonly Packet[]) =>
      packets.flatMap((packet) => sent(lcp.handle({ kind: 'packet', octets: encodePacket(packet) })))
    const answersOfB = pass(b, toB)
    const answersOfA = pass(a, toA)
    toA = answersOfB
    toB = answersOfA
  }
}

function opened(): Lcp {
  const lcp = createLcp({ magicNumber: 1 })
  const [request] = sent(lcp.handle({ kind: 'up' }))
  give(lcp, PacketCode.configureRequest, 9)
  give(lcp, PacketCode.configureAck, request?.identifier ?? 0, request?.data)
  return lcp
}

test('two ends open', () => {
  const [a, b] = [createLcp({ magicNumber: 1 }), createLcp({ magicNumber: 2 })]
  converse(a, b)
  expect([a.state(), b.state()]).toEqual(['opened', 'opened'])
})

test('two ends with the same Magic-Number agree on different ones', () => {
  const [a, b] = [createLcp({ magicNumber: 1 }), createLcp({ magicNumber: 1 })]
  converse(a, b)
  expect([a.state(), b.state()]).toEqual(['opened', 'opened'])
  expect(a.granted().get(5)?.data).not.toEqual(Uint8Array.of(0, 0, 0, 1))
})

describe('a request', () => {
  const mru = { type: 1, data: Uint8Array.of(5, 0xdc) }
  const unknown = { type: 77, data: Uint8Array.of(1, 2) }
  const small = { type: 1, data: Uint8Array.of(0, 1) }
  test.each([
    ['of known options is acknowledged', [mru], PacketCode.configureAck, [mru]],
    ['with an unknown one is rejected', [mru, unknown], PacketCode.configureReject, [unknown]],
    [
      'for an MRU below 128 is answered with 128',
      [small],
      PacketCode.configureNak,
      [{ type: 1, data: Uint8Array.of(0, 128) }],
    ],
  ])('%s', (_name, options, code, answer) => {
    const lcp = createLcp({ magicNumber: 1 })
    lcp.handle({ kind: 'up' })
    const [reply] = sent(give(lcp, PacketCode.configureRequest, 200, encodeOptions(options)))
    expect(reply).toEqual({ code, identifier: 200, data: encodeOptions(answer) })
  })
})

describe('while open', () => {
  test('Echo-Request is answered with our Magic-Number and the same data', () => {
    const data = Uint8Array.of(0, 0, 0, 2, 7, 7)
    expect(sent(give(opened(), PacketCode.echoRequest, 5, data))).toEqual([
      { code: PacketCode.echoReply, identifier: 5, data: Uint8Array.of(0, 0, 0, 1, 7, 7) },
    ])
  })

  test('an unknown code is rejected', () => {
    const [reply] = sent(give(opened(), 99, 5, Uint8Array.of(1)))
    expect(reply?.code).toBe(PacketCode.codeReject)
    expect(reply?.data).toEqual(Uint8Array.of(99, 5, 0, 5, 1))
  })

  test('Terminate-Request is acknowledged, and the link is finished once the timer fires', () => {
    const lcp = opened()
    expect(sent(give(lcp, PacketCode.terminateRequest, 6))).toMatchObject([
      { code: PacketCode.terminateAck, identifier: 6 },
    ])
    expect(lcp.handle({ kind: 'timer' })).toContainEqual({ kind: 'finished' })
  })

  test('a new request starts the negotiation again', () => {
    const lcp = opened()
    expect(sent(give(lcp, PacketCode.configureRequest, 10)).map(({ code }) => code)).toEqual([
      PacketCode.configureRequest,
      PacketCode.configureAck,
    ])
    expect(lcp.state()).toBe('ack-sent')
  })
})

test('a request is repeated ten times in all, then given up', () => {
  const lcp = createLcp({ magicNumber: 1 })
  let requests = sent(lcp.handle({ kind: 'up' })).length
  for (let i = 0; i < 9; i++) requests += sent(lcp.handle({ kind: 'timer' })).length
  expect(requests).toBe(10)
  expect(lcp.handle({ kind: 'timer' })).toContainEqual({ kind: 'finished' })
})

test('an answer that fits no request of ours is discarded', () => {
  const lcp = createLcp({ magicNumber: 1 })
  const [request] = sent(lcp.handle({ kind: 'up' }))
  give(lcp, PacketCode.configureAck, (request?.identifier ?? 0) + 1, request?.data)
  give(lcp, PacketCode.configureAck, request?.identifier ?? 0, NONE)
  expect(lcp.state()).toBe('req-sent')
})

test('every arc of the automaton leads to a state of the automaton', () => {
  for (const arcs of Object.values(AUTOMATON))
    for (const [, next] of Object.values(arcs)) expect(Object.keys(AUTOMATON)).toContain(next)
})

test('no events make it throw', () => {
  const event = fc.oneof(
    fc.constantFrom<{ kind: 'up' | 'down' | 'close' | 'timer' }>(
      { kind: 'up' },
      { kind: 'down' },
      { kind: 'close' },
      { kind: 'timer' },
    ),
    fc.record({ kind: fc.constant('packet' as const), octets: fc.uint8Array({ maxLength: 40 }) }),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.nat(12), fc.uint8Array({ maxLength: 20 }))
      .map(([code, identifier, data]) => ({
        kind: 'packet' as const,
        octets: encodePacket({ code, identifier, data }),
      })),
  )
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const lcp = createLcp({ magicNumber: 1 })
      for (const one of events) lcp.handle(one)
    }),
  )
})

describe('authentication', () => {
  const negotiated = (demand: AuthenticationMethod[], accept: AuthenticationMethod[]) => {
    const authenticator = createLcp({ magicNumber: 1, demand })
    const peer = createLcp({ magicNumber: 2, accept })
    converse(authenticator, peer)
    return [authenticator.peersMethod(), peer.ownMethod(), authenticator.state(), peer.state()]
  }

  test.each<[AuthenticationMethod[], AuthenticationMethod[], AuthenticationMethod | undefined]>([
    [['pap'], ['pap'], 'pap'],
    [['chap-md5'], ['ms-chap-v2', 'chap-md5'], 'chap-md5'],
    [['ms-chap-v2', 'ms-chap-v1', 'pap'], ['pap', 'ms-chap-v1'], 'pap'],
    [['ms-chap-v2'], [], undefined],
  ])('one end demands %j, the other accepts %j: %s', (demand, accept, agreed) => {
    expect(negotiated(demand, accept)).toEqual([agreed, agreed, 'opened', 'opened'])
  })

  test('an option that is not agreed after five Configure-Naks is rejected', () => {
    const lcp = createLcp({ magicNumber: 1, accept: ['pap'] })
    lcp.handle({ kind: 'up' })
    const asked = encodeOptions([{ type: 3, data: encodeMethod('ms-chap-v2') }])
    const codes = Array.from({ length: 6 }, (_, at) => sent(give(lcp, 1, at, asked))[0]?.code)
    expect(codes).toEqual([3, 3, 3, 3, 3, 4])
  })
})

test('an Echo-Reply and a Protocol-Reject become notices', () => {
  const lcp = opened()
  const { identifier } = lcp.echoRequest(Uint8Array.of(7))
  expect(give(lcp, PacketCode.echoReply, identifier, Uint8Array.of(0, 0, 0, 2, 7))).toEqual([
    { kind: 'notice', notice: { kind: 'echo-reply', identifier, data: Uint8Array.of(7) } },
  ])
  expect(give(lcp, PacketCode.protocolReject, 3, Uint8Array.of(0x80, 0xfd, 1))).toEqual([
    { kind: 'notice', notice: { kind: 'protocol-rejected', protocol: 0x80fd } },
  ])
})
