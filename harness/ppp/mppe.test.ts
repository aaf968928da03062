import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../protocol/octets.ts'
import {
  createMppeReceiver,
  createMppeSender,
  decodeMppePacket,
  encodeMppePacket,
  isMppeProtocol,
  type MppeOptions,
  type MppeReset,
} from './mppe.ts'
import { type MppeStrength, mppeKeySize } from './mppe-keys.ts'

const key = (strength: MppeStrength) =>
  fromHex('8b7cdc149b993a1ba118cb153f56dccb').slice(0, mppeKeySize(strength))
const options = (strength: MppeStrength, stateless: boolean, reset: MppeReset = 'same-key'): MppeOptions => ({
  key: key(strength),
  strength,
  stateless,
  reset,
})
const MODES = ([40, 56, 128] as const).flatMap((strength) =>
  [true, false].map((stateless) => [strength, stateless ? 'stateless' : 'stateful', stateless] as const),
)
const hello = new TextEncoder().encode('test message')
const areSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0
const header = (octets: Uint8Array) => {
  const packet = decodeMppePacket(octets)
  return packet && { flushed: packet.flushed, encrypted: packet.encrypted, count: packet.count }
}

/** A packet that is delivered, and how many were lost before it. */
const step = fc.record({
  burst: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.nat(700) },
  ),
  plain: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  requestLost: fc.boolean(),
  acknowledgmentLost: fc.boolean(),
})

describe.each(MODES)('%i bit, %s', (strength, _mode, stateless) => {
  test('after any losses, packets are decrypted correctly or discarded, and decryption recovers', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const sender = createMppeSender(options(strength, stateless))
        const receiver = createMppeReceiver(options(strength, stateless))
        // A run delivers thousands of packets, so one `expect` at the end covers all comparisons.
        const wrong: object[] = []
        let asking = false
        const deliver = (plain: Uint8Array, requestLost: boolean, acknowledgmentLost: boolean) => {
          const received = receiver.decrypt(sender.encrypt(plain))
          if (received.kind === 'datagram' && !areSame(received.plain, plain)) wrong.push({ received, plain })
          if (received.kind !== 'discard') asking = received.kind === 'reset-request'
          if (asking && !requestLost) {
            sender.reset()
            asking = acknowledgmentLost
            if (!acknowledgmentLost) receiver.resetAcknowledged()
          }
          return received.kind
        }
        for (const { burst, plain, requestLost, acknowledgmentLost } of steps) {
          for (let lost = 0; lost < burst; lost++) sender.encrypt(hello)
          const kind = deliver(plain, requestLost, acknowledgmentLost)
          if (stateless && kind !== 'datagram') wrong.push({ kind, plain })
        }
        deliver(hello, false, false)
        for (let more = 0; more < 300; more++) {
          const kind = deliver(hello, false, false)
          if (kind !== 'datagram') wrong.push({ kind, more })
        }
        expect(wrong).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('late and duplicate packets are discarded, and later ones are decrypted', () => {
    const sender = createMppeSender(options(strength, stateless))
    const receiver = createMppeReceiver(options(strength, stateless))
    const packets = Array.from({ length: 600 }, () => sender.encrypt(hello))
    for (const [at, packet] of packets.entries()) {
      expect(receiver.decrypt(packet)).toEqual({ kind: 'datagram', plain: hello })
      expect(receiver.decrypt(packets[Math.max(0, at - 40)] ?? packet)).toEqual({
        kind: 'discard',
        why: 'late',
      })
    }
  })

  test('the count wraps', () => {
    const sender = createMppeSender(options(strength, stateless))
    const receiver = createMppeReceiver(options(strength, stateless))
    const seen = Array.from({ length: 4200 }, () => {
      const packet = sender.encrypt(hello)
      return `${receiver.decrypt(packet).kind} ${decodeMppePacket(packet)?.count}`
    })
    expect(seen).toEqual(Array.from({ length: 4200 }, (_, at) => `datagram ${at % 4096}`))
  })

  test('no octets make the receiver throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (packets) => {
        const receiver = createMppeReceiver(options(strength, stateless))
        for (const packet of packets) receiver.decrypt(packet)
        receiver.resetAcknowledged()
      }),
      { numRuns: 30 },
    )
  })
})

describe('stateless', () => {
  test('the key changes before every packet, also the first, and every packet is flushed', () => {
    const sender = createMppeSender(options(128, true))
    const [first, second] = [sender.encrypt(hello), sender.encrypt(hello)]
    expect(header(first)).toEqual({ flushed: true, encrypted: true, count: 0 })
    expect(header(second)).toEqual({ flushed: true, encrypted: true, count: 1 })
    expect(toHex(first.slice(2))).not.toBe('81848317df68846272fb5abe')
    expect(first.slice(2)).not.toEqual(second.slice(2))
  })

  test('a packet that is not flushed is discarded, and counts as lost', () => {
    const sender = createMppeSender(options(128, true))
    const receiver = createMppeReceiver(options(128, true))
    const packet = sender.encrypt(hello)
    packet[0] = (packet[0] ?? 0) & 0x7f
    expect(receiver.decrypt(packet)).toEqual({ kind: 'discard', why: 'not flushed' })
    expect(receiver.decrypt(sender.encrypt(hello)).kind).toBe('datagram')
  })
})

describe('stateful', () => {
  test('the first packet is encrypted under the first session key (RFC 3079 section 3.5.3)', () => {
    const packet = createMppeSender(options(128, false)).encrypt(hello)
    expect(header(packet)).toEqual({ flushed: false, encrypted: true, count: 0 })
    expect(toHex(packet.slice(2))).toBe('81848317df68846272fb5abe')
  })

  test('without a Reset-Request, only flag packets are flushed', () => {
    const sender = createMppeSender(options(40, false))
    const flushed = Array.from({ length: 600 }, () => header(sender.encrypt(hello))?.flushed)
    expect(flushed.flatMap((is, at) => (is ? [at] : []))).toEqual([0xff, 0x1ff])
  })

  test.each([
    ['same-key', '81848317df68846272fb5abe'],
    ['next-key', undefined],
  ] as const)('after a Reset-Request the next packet is flushed, with %s', (reset, ciphertext) => {
    const sender = createMppeSender(options(128, false, reset))
    sender.encrypt(hello)
    sender.reset()
    const packet = sender.encrypt(hello)
    expect(header(packet)).toEqual({ flushed: true, encrypted: true, count: 1 })
    if (ciphertext) expect(toHex(packet.slice(2))).toBe(ciphertext)
    else expect(toHex(packet.slice(2))).not.toBe('81848317df68846272fb5abe')
    expect(header(sender.encrypt(hello))?.flushed).toBe(false)
  })

  test('a loss asks for one Reset-Request, and for another if the flushed packet is lost, too', () => {
    const sender = createMppeSender(options(128, false))
    const receiver = createMppeReceiver(options(128, false))
    sender.encrypt(hello)
    expect(receiver.decrypt(sender.encrypt(hello))).toEqual({ kind: 'reset-request' })
    expect(receiver.decrypt(sender.encrypt(hello))).toEqual({ kind: 'discard', why: 'out of step' })
    receiver.resetAcknowledged()
    sender.reset()
    sender.encrypt(hello)
    expect(receiver.decrypt(sender.encrypt(hello))).toEqual({ kind: 'reset-request' })
    expect(receiver.decrypt(sender.encrypt(hello))).toEqual({ kind: 'discard', why: 'out of step' })
    sender.reset()
    expect(receiver.decrypt(sender.encrypt(hello))).toEqual({ kind: 'datagram', plain: hello })
  })

  test('a flag packet, too, brings decryption in step again', () => {
    const sender = createMppeSender(options(56, false))
    const receiver = createMppeReceiver(options(56, false))
    for (let lost = 0; lost < 0xfe; lost++) sender.encrypt(hello)
    expect(receiver.decrypt(sender.encrypt(hello)).kind).toBe('reset-request')
    expect(receiver.decrypt(sender.encrypt(hello)).kind).toBe('datagram')
  })

  test('with next-key, as Linux: decryption recovers if no flushed packet is lost', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const sender = createMppeSender(options(128, false, 'next-key'))
        const receiver = createMppeReceiver(options(128, false, 'next-key'))
        for (const { burst, plain } of steps) {
          for (let lost = 0; lost < burst; lost++) sender.encrypt(hello)
          const received = receiver.decrypt(sender.encrypt(plain))
          if (received.kind === 'datagram') expect(received.plain).toEqual(plain)
          if (received.kind !== 'reset-request') continue
          sender.reset()
          receiver.resetAcknowledged()
          expect(receiver.decrypt(sender.encrypt(hello))).toEqual({ kind: 'datagram', plain: hello })
        }
      }),
      { numRuns: 40 },
    )
  })
})

test.each([
  [[], 'too short'],
  [[0x90], 'too short'],
  [[0x90, 0], 'too short'],
  [[0x80, 0, 1], 'not encrypted'],
  [[0x9f, 0xff, 1], 'late'],
  [[0x98, 0x00, 1], 'late'],
] as const)('%j is discarded', (octets, why) => {
  const receiver = createMppeReceiver(options(128, true))
  expect(receiver.decrypt(Uint8Array.from(octets))).toEqual({ kind: 'discard', why })
})

test('packets survive encoding and decoding', () => {
  const packet = fc.record({
    flushed: fc.boolean(),
    compression: fc.nat(3),
    encrypted: fc.boolean(),
    count: fc.nat(4095),
    data: fc.uint8Array(),
  })
  fc.assert(
    fc.property(packet, (value) => {
      expect(decodeMppePacket(encodeMppePacket(value))).toEqual(value)
    }),
  )
})

test('a key of the wrong size is refused', () => {
  expect(() => createMppeSender({ ...options(128, true), strength: 40 })).toThrow(RangeError)
  expect(() => createMppeReceiver({ ...options(40, true), strength: 128 })).toThrow(RangeError)
})

test.each([
  [0x0020, false],
  [0x0021, true],
  [0x00fa, true],
  [0x00fb, false],
  [0xc021, false],
])('protocol %i is encrypted: %s (RFC 3078 section 3)', (protocol, encrypted) => {
  expect(isMppeProtocol(protocol)).toBe(encrypted)
})
