import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitsInserted, bitsRemoved } from './bit-stuffing.ts'

test('a 0 is inserted after five bits of 1, counted from the lowest bit of each octet', () => {
  expect(bitsInserted(Uint8Array.of(0xff, 0x03))).toEqual(Uint8Array.of(0xdf, 0x07, 0x00))
  expect(bitsInserted(Uint8Array.of(0xc0, 0x21))).toEqual(Uint8Array.of(0xc0, 0x21))
})

test('octets with six bits of 1 in a row have no inserted bits', () => {
  expect(bitsRemoved(Uint8Array.of(0xff, 0x03))).toBeUndefined()
  expect(bitsRemoved(Uint8Array.of(0x3f))).toBeUndefined()
})

test('property: removing the inserted bits restores the octets', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
      expect(bitsRemoved(bitsInserted(octets))?.slice(0, octets.length)).toEqual(octets)
    }),
  )
})

test('property: octets are given up exactly where six bits of 1 follow each other', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6 }), (octets) => {
      const bits = [...octets]
        .map((octet) => [...octet.toString(2).padStart(8, '0')].reverse().join(''))
        .join('')
      expect(bitsRemoved(octets) === undefined).toBe(bits.includes('111111'))
    }),
  )
})
