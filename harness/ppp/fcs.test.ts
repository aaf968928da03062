import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../protocol/octets.ts'
import { checkSequence } from './fcs.ts'

test('the check value of CRC-16/X-25', () => {
  expect(checkSequence(new TextEncoder().encode('123456789'))).toEqual(Uint8Array.of(0x6e, 0x90))
})

test('property: octets with their check sequence leave the good final value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
      // 0xF0B8 without the last inversion (RFC 1662 section C.2).
      expect(checkSequence(concat(octets, checkSequence(octets)))).toEqual(Uint8Array.of(0x47, 0x0f))
    }),
  )
})
