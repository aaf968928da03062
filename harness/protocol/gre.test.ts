import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeGre,
  encodeGre,
  GRE_PROTOCOL_PPP,
  type GrePacket,
  grePacket,
  isLater,
  validateGre,
} from './gre.ts'
import { sameOctets, toHex } from './octets.ts'

const u32 = fc.nat({ max: 0xffffffff })

const anyPacket: fc.Arbitrary<GrePacket> = fc
  .record({
    callId: fc.nat({ max: 0xffff }),
    sequenceNumber: fc.option(u32, { nil: undefined }),
    acknowledgmentNumber: fc.option(u32, { nil: undefined }),
    payload: fc.uint8Array({ maxLength: 64 }),
    trailing: fc.uint8Array({ maxLength: 4 }),
    strictSourceRoute: fc.nat({ max: 1 }),
    recursionControl: fc.nat({ max: 7 }),
    flags: fc.nat({ max: 15 }),
    protocolType: fc.nat({ max: 0xffff }),
  })
  .map((values) => grePacket(values))

describe('enhanced GRE', () => {
  test('survives encoding and decoding', () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        expect(decodeGre(encodeGre(packet))).toEqual(packet)
      }),
    )
  })

  test('encodes what it decoded; decoding never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        const decoded = decodeGre(octets)
        if (decoded.kind === 'gre') {
          validateGre(decoded)
          expect(sameOctets(encodeGre(decoded), octets)).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('a data packet, octet by octet', () => {
    const packet = grePacket({
      callId: 0x1234,
      sequenceNumber: 1,
      acknowledgmentNumber: 2,
      payload: Uint8Array.of(0xff, 0x03, 0xc0, 0x21),
    })
    expect(toHex(encodeGre(packet))).toBe('3081880b000412340000000100000002ff03c021')
    expect(validateGre(packet)).toEqual([])
  })

  test('an acknowledgment alone, octet by octet', () => {
    const packet = grePacket({ callId: 0xffff, acknowledgmentNumber: 0xfffffffe })
    expect(toHex(encodeGre(packet))).toBe('2081880b0000fffffffffffe')
    expect(validateGre(packet)).toEqual([])
  })

  test.each([
    ['8', { flags: 1 }, 'Flags'],
    ['s', { strictSourceRoute: 1 }, 's'],
    ['Recur', { recursionControl: 1 }, 'Recur'],
    ['Protocol Type', { protocolType: 0x0800 }, 'Protocol Type'],
    ['Payload Length', { payloadLength: 5 }, 'Payload Length'],
    ['S', { sequenceNumber: undefined, sequencePresent: 0 }, 'S'],
  ])('a wrong %s is a violation', (_, values, field) => {
    const packet = grePacket({
      callId: 1,
      sequenceNumber: 0,
      payload: Uint8Array.of(1),
      protocolType: GRE_PROTOCOL_PPP,
      ...values,
    })
    expect(validateGre(packet).map((one) => one.field)).toContain(field)
  })

  test.each([
    ['C', 0xb0],
    ['R', 0x70],
    ['no K', 0x10],
  ])('a header with %s has another layout', (_, first) => {
    expect(decodeGre(Uint8Array.of(first, 0x01, 0x88, 0x0b, 0, 0, 0, 1, 0, 0, 0, 0)).kind).toBe(
      'unrecognized-gre',
    )
  })

  test('sequence numbers are compared across the wrap', () => {
    expect(isLater(0, 0xffffffff)).toBe(true)
    expect(isLater(0xffffffff, 0)).toBe(false)
    expect(isLater(5, 5)).toBe(false)
    expect(isLater(6, 5)).toBe(true)
  })
})
