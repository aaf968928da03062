import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AUTOMATON_TIMERS } from './automaton.ts'
import { type Ccp, CcpCode, createCcp } from './ccp.ts'
import type { MppeStrength } from './mppe-keys.ts'
import {
  decodeMppeOption,
  encodeMppeOption,
  MPPE_OPTION,
  MppeBit,
  type MppePolicy,
  mppeBits,
} from './mppe-option.ts'
import {
  decodeOptions,
  decodePacket,
  encodeOptions,
  encodePacket,
  type Option,
  PacketCode,
} from './packet.ts'
import type { PppAction } from './protocol.ts'

const NONE = new Uint8Array(0)
const { stateless: H, strength128: S, strength56: M, strength40: L, compression: C, obsolete: D } = MppeBit
const ALL: MppePolicy = { strengths: [128, 56, 40], stateless: 'preferred' }
const policy = (strengths: readonly MppeStrength[], stateless: MppePolicy['stateless']): MppePolicy => ({
  strengths,
  stateless,
})

const sent = (actions: readonly PppAction[]) =>
  actions.flatMap((action) => (action.kind === 'send' ? (decodePacket(action.octets) ?? []) : []))
const kinds = (actions: readonly PppAction[]) =>
  actions.map((action) => (action.kind === 'notice' ? action.notice.kind : action.kind))
const give = (ccp: Ccp, code: number, identifier: number, data: Uint8Array = NONE) =>
  ccp.handle({ kind: 'packet', octets: encodePacket({ code, identifier, data }) })
const bitsIn = (data: Uint8Array | undefined) =>
  (decodeOptions(data ?? NONE) ?? []).map((option) => decodeMppeOption(option))
const requestOf = (actions: readonly PppAction[]) =>
  sent(actions).find(({ code }) => code === PacketCode.configureRequest)

/** Exchanges packets until neither end sends any more; returns whether that came about. */
function converse(a: Ccp, b: Ccp): boolean {
  let toB = sent(a.handle({ kind: 'up' }))
  let toA = sent(b.handle({ kind: 'up' }))
  for (let round = 0; round < 60; round++) {
    if (toA.length + toB.length === 0) return true
    const ofB = toB.flatMap((packet) => sent(b.handle({ kind: 'packet', octets: encodePacket(packet) })))
    const ofA = toA.flatMap((packet) => sent(a.handle({ kind: 'packet', octets: encodePacket(packet) })))
    toA = ofB
    toB = ofA
  }
  return false
}

/** Makes an open CCP: the peer granted our request, and asked for 128 bit, stateless. */
function opened(wanted: MppePolicy = ALL): Ccp {
  const ccp = createCcp({ policy: wanted })
  const request = requestOf(ccp.handle({ kind: 'up' }))
  give(ccp, PacketCode.configureRequest, 9, encodeOptions([encodeMppeOption(H | S)]))
  give(ccp, PacketCode.configureAck, request?.identifier ?? 0, request?.data)
  expect(ccp.state()).toBe('opened')
  return ccp
}

describe('two ends', () => {
  test.each<[string, MppePolicy, MppePolicy, { strength: MppeStrength; stateless: boolean }]>([
    ['that accept all strengths agree on the strongest', ALL, ALL, { strength: 128, stateless: true }],
    ['of which one has a single strength', ALL, policy([56], 'preferred'), { strength: 56, stateless: true }],
    ['of which one refuses stateless mode', ALL, policy([40], 'refused'), { strength: 40, stateless: false }],
    [
      'of which one requires stateless mode',
      policy([128], 'allowed'),
      policy([128], 'required'),
      { strength: 128, stateless: true },
    ],
    [
      'that both only allow stateless mode',
      policy([128], 'allowed'),
      policy([128], 'allowed'),
      { strength: 128, stateless: false },
    ],
  ])('%s', (_name, one, other, mode) => {
    const [a, b] = [createCcp({ policy: one }), createCcp({ policy: other })]
    expect(converse(a, b)).toBe(true)
    expect(a.agreed()).toEqual({ receive: mode, send: mode })
    expect(b.agreed()).toEqual(a.agreed())
  })

  const anyPolicy = fc.record<MppePolicy>({
    strengths: fc.shuffledSubarray<MppeStrength>([40, 56, 128], { minLength: 1 }),
    stateless: fc.constantFrom('required', 'preferred', 'allowed', 'refused'),
  })
  test('with any policies open CCP, and agree only on encryption that both accept', () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, (one, other) => {
        const [a, b] = [createCcp({ policy: one }), createCcp({ policy: other })]
        expect(converse(a, b)).toBe(true)
        expect([a.state(), b.state()]).toEqual(['opened', 'opened'])
        expect(a.agreed().send).toEqual(b.agreed().receive)
        expect(a.agreed().receive).toEqual(b.agreed().send)
        const possible =
          one.strengths.some((strength) => other.strengths.includes(strength)) &&
          ![one, other].every(({ stateless }) => stateless === 'required' || stateless === 'refused')
        for (const { strengths, stateless } of [one, other])
          for (const mode of Object.values(a.agreed())) {
            expect(strengths).toContain(mode.strength)
            if (stateless === 'required') expect(mode.stateless).toBe(true)
            if (stateless === 'refused') expect(mode.stateless).toBe(false)
          }
        if (possible) expect(Object.keys(a.agreed())).toHaveLength(2)
      }),
    )
  })
})

describe('Configure-Requests of ours', () => {
  test.each<[MppePolicy, number]>([
    [ALL, H | S | M | L],
    [policy([40], 'required'), H | L],
    [policy([128, 40], 'allowed'), S | L],
    [policy([56], 'refused'), M],
  ])('%j', (wanted, bits) => {
    const request = requestOf(createCcp({ policy: wanted }).handle({ kind: 'up' }))
    expect(bitsIn(request?.data)).toEqual([bits])
  })

  test.each<[string, MppePolicy, number, number[]]>([
    ['with one strength, ask for that strength', ALL, H | M, [H | M]],
    ['with several strengths, ask for the preferred one', policy([40, 128], 'preferred'), H | S | L, [H | L]],
    ['with the other mode, ask for that mode', ALL, S, [S]],
    ['with other bits, ask for encryption alone', ALL, H | S | C | D | 0x100, [H | S]],
    ['with a strength that we lack, ask for no encryption', policy([128], 'preferred'), H | L, []],
    ['with a mode that we refuse, keep our mode', policy([128, 40], 'refused'), H | L, [L]],
    ['without the mode that we require, keep our mode', policy([128, 40], 'required'), L, [H | L]],
  ])('after a Configure-Nak %s', (_name, wanted, proposal, next) => {
    const ccp = createCcp({ policy: wanted })
    const request = requestOf(ccp.handle({ kind: 'up' }))
    const again = requestOf(
      give(
        ccp,
        PacketCode.configureNak,
        request?.identifier ?? 0,
        encodeOptions([encodeMppeOption(proposal)]),
      ),
    )
    expect(bitsIn(again?.data)).toEqual(next)
  })

  test('after a Configure-Reject ask for nothing, and CCP may open all the same', () => {
    const ccp = createCcp({ policy: ALL })
    const request = requestOf(ccp.handle({ kind: 'up' }))
    const again = requestOf(give(ccp, PacketCode.configureReject, request?.identifier ?? 0, request?.data))
    expect(again?.data).toEqual(NONE)
    give(ccp, PacketCode.configureAck, again?.identifier ?? 0)
    give(ccp, PacketCode.configureRequest, 1)
    expect(ccp.state()).toBe('opened')
    expect(ccp.agreed()).toEqual({})
  })

  test('ask for nothing any more after too many Configure-Naks', () => {
    const ccp = createCcp({ policy: ALL })
    let request = requestOf(ccp.handle({ kind: 'up' }))
    for (let nak = 0; nak < 20; nak++) {
      const proposal = encodeOptions([encodeMppeOption(nak % 2 === 0 ? S : H | S)])
      request = requestOf(give(ccp, PacketCode.configureNak, request?.identifier ?? 0, proposal))
    }
    expect(request?.data).toEqual(NONE)
  })

  test('ask for everything again after the layer below was down', () => {
    const ccp = opened()
    ccp.handle({ kind: 'down' })
    expect(ccp.agreed()).toEqual({})
    expect(bitsIn(requestOf(ccp.handle({ kind: 'up' }))?.data)).toEqual([H | S | M | L])
  })
})

describe('a Configure-Request', () => {
  const answer = (wanted: MppePolicy, options: readonly Option[]) => {
    const ccp = createCcp({ policy: wanted })
    ccp.handle({ kind: 'up' })
    return sent(give(ccp, PacketCode.configureRequest, 7, encodeOptions(options)))[0]
  }

  test.each<[string, MppePolicy, number, number]>([
    ['for several strengths: the strongest', ALL, H | S | M | L, H | S],
    ['as Windows sends it, with compression', ALL, H | S | M | L | C, H | S],
    ['with an obsolete or reserved bit', ALL, H | S | D | 0x8000_0000, H | S],
    ['for a strength that we lack', policy([56, 40], 'required'), H | S, H | M],
    ['for compression only', ALL, C, H | S],
    ['for no strength at all', ALL, H, H | S],
    ['for stateful mode, where we prefer stateless', ALL, S, H | S],
    ['for stateless mode, which we refuse', policy([128], 'refused'), H | S, S],
  ])('%s is answered with a Configure-Nak', (_name, wanted, bits, better) => {
    const reply = answer(wanted, [encodeMppeOption(bits)])
    expect(reply?.code).toBe(PacketCode.configureNak)
    expect(bitsIn(reply?.data)).toEqual([better])
  })

  test('for stateful mode is granted when the peer repeats it', () => {
    const ccp = createCcp({ policy: ALL })
    ccp.handle({ kind: 'up' })
    const ask = (identifier: number) =>
      sent(give(ccp, PacketCode.configureRequest, identifier, encodeOptions([encodeMppeOption(S)])))[0]?.code
    expect([ask(1), ask(2)]).toEqual([PacketCode.configureNak, PacketCode.configureAck])
  })

  test.each<[string, Option[], Option[]]>([
    [
      'another method',
      [encodeMppeOption(H | S), { type: 21, data: Uint8Array.of(0x2f) }],
      [{ type: 21, data: Uint8Array.of(0x2f) }],
    ],
    ['the option twice', [encodeMppeOption(H | S), encodeMppeOption(H | L)], [encodeMppeOption(H | L)]],
    [
      'the option in another size',
      [{ type: MPPE_OPTION, data: Uint8Array.of(1, 0, 0) }],
      [{ type: MPPE_OPTION, data: Uint8Array.of(1, 0, 0) }],
    ],
  ])('with %s gets it rejected', (_name, options, rejected) => {
    expect(answer(ALL, options)).toEqual({
      code: PacketCode.configureReject,
      identifier: 7,
      data: encodeOptions(rejected),
    })
  })

  test('without options is acknowledged: nothing encrypts that direction', () => {
    expect(answer(ALL, [])?.code).toBe(PacketCode.configureAck)
  })
})

describe('Reset-Request', () => {
  const RETRY = { kind: 'set-timer', ms: AUTOMATON_TIMERS.restart }

  test('of the peer is acknowledged and reported', () => {
    const actions = give(opened(), CcpCode.resetRequest, 77, Uint8Array.of(1, 2))
    expect(sent(actions)).toEqual([{ code: CcpCode.resetAck, identifier: 77, data: NONE }])
    expect(kinds(actions)).toContain('reset-requested')
  })

  test('is ignored before CCP is open', () => {
    const ccp = createCcp({ policy: ALL })
    ccp.handle({ kind: 'up' })
    expect(give(ccp, CcpCode.resetRequest, 1)).toEqual([])
    expect(give(ccp, CcpCode.resetAck, 1)).toEqual([])
    expect(ccp.requestReset()).toEqual([])
  })

  test('of ours has no data, is not sent twice at the same time, and ends with its Reset-Ack', () => {
    const ccp = opened()
    const actions = ccp.requestReset()
    const [request] = sent(actions)
    expect(request).toMatchObject({ code: CcpCode.resetRequest, data: NONE })
    expect(actions).toContainEqual(RETRY)
    expect(ccp.requestReset()).toEqual([])
    expect(give(ccp, CcpCode.resetAck, ((request?.identifier ?? 0) + 1) & 0xff)).toEqual([])
    const end = give(ccp, CcpCode.resetAck, request?.identifier ?? 0)
    expect(kinds(end)).toEqual(['cancel-timer', 'reset-acknowledged'])
    expect(give(ccp, CcpCode.resetAck, request?.identifier ?? 0)).toEqual([])
    expect(sent(ccp.requestReset())[0]?.identifier).not.toBe(request?.identifier)
  })

  test('of ours is repeated with the same Identifier, but not for ever', () => {
    const ccp = opened()
    const [request] = sent(ccp.requestReset())
    for (let again = 1; again < AUTOMATON_TIMERS.maximumConfigure; again++)
      expect(sent(ccp.handle({ kind: 'timer' }))).toEqual([request])
    expect(ccp.handle({ kind: 'timer' })).toEqual([])
    expect(sent(ccp.requestReset())).toHaveLength(1)
  })

  test('of ours ends when decryption is in step, or when CCP is not open any more', () => {
    const ccp = opened()
    ccp.requestReset()
    expect(kinds(ccp.inStep())).toEqual(['cancel-timer'])
    expect(ccp.inStep()).toEqual([])
    ccp.requestReset()
    ccp.handle({ kind: 'down' })
    expect(ccp.inStep()).toEqual([])
  })

  test('of ours keeps its timer when other packets come', () => {
    const ccp = opened()
    ccp.requestReset()
    const actions = give(ccp, 99, 1)
    expect(sent(actions)[0]?.code).toBe(PacketCode.codeReject)
    expect(actions.at(-1)).toEqual(RETRY)
  })
})

test('a policy without a strength is refused', () => {
  expect(() => createCcp({ policy: policy([], 'allowed') })).toThrow(RangeError)
})

test('no octets make it throw', () => {
  const code = fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 14, 15, 99)
  const bits = fc.oneof(fc.nat(0xff), fc.constant(mppeBits([128], true)), fc.nat())
  const options = fc.array(
    fc.oneof(
      bits.map(encodeMppeOption),
      fc.record({ type: fc.nat(255), data: fc.uint8Array({ maxLength: 6 }) }),
    ),
    { maxLength: 3 },
  )
  const sensible = fc
    .record({ code, identifier: fc.nat(5), data: options.map(encodeOptions) })
    .map(encodePacket)
  fc.assert(
    fc.property(
      fc.array(fc.oneof(sensible, fc.uint8Array({ maxLength: 12 })), { maxLength: 30 }),
      (packets) => {
        for (const ccp of [createCcp({ policy: ALL }), opened()]) {
          ccp.handle({ kind: 'up' })
          for (const octets of packets) {
            ccp.handle({ kind: 'packet', octets })
            ccp.requestReset()
          }
          ccp.handle({ kind: 'timer' })
          ccp.agreed()
        }
      },
    ),
  )
})
