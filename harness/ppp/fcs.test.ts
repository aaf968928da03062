import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../protocol/octets.ts'
import { checkSequence } from './fcs.ts'

test('the check value of CRC-16/X-25', () => {
  expect(checkSequence(new TextEncoder().encode('123456789'))).toEqual(Uint8Array.of(0x6e, 0x90))
})

test('property: octets with their FCS yield the good final FCS', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
      // RFC 1662 section C.2 has 0xF0B8, before the final inversion.
      expect(checkSequence(concat(octets, checkSequence(octets)))).toEqual(Uint8Array.of(0x47, 0x0f))
    }),
  )
})
