import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyOf, readUint16, readUint32, viewOf, writeUint16, writeUint32 } from './octets.ts'

test('copies keep their octets when their originals and other copies change', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40_000, size: 'max' }), { maxLength: 12 }),
      (originals) => {
        const expected = originals.map((octets) => octets.slice())
        const copies = originals.map((octets) => copyOf(octets))
        for (const octets of originals) octets.fill(0xee)
        const changed = copies.filter((copy, at) => Buffer.compare(copy, expected[at] ?? copy) !== 0)
        expect(changed).toEqual([])
      },
    ),
    { numRuns: 20 },
  )
  expect([...copyOf(Uint8Array.of(1, 2, 3, 4), 1, 3)]).toEqual([2, 3])
})

test('numbers are written and read as a DataView does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.nat({ max: 4 }), (value, at) => {
      const octets = new Uint8Array(8)
      const view = new DataView(octets.buffer)
      writeUint32(octets, at, value)
      expect([view.getUint32(at), readUint32(octets, at)]).toEqual([value, value])
      writeUint16(octets, at, value)
      expect([view.getUint16(at), readUint16(octets, at)]).toEqual([value & 0xffff, value & 0xffff])
    }),
  )
})

test('a view shows the octets that subarray shows, in the same memory', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), fc.nat(40), (octets, one, other) => {
      const [start = 0, end = 0] = [one, other].map((at) => Math.min(at, octets.length)).sort((a, b) => a - b)
      const inside = copyOf(octets)
      const view = viewOf(inside, start, end)
      inside.fill(7)
      expect(view).toEqual(inside.subarray(start, end))
      expect(view.buffer).toBe(inside.buffer)
    }),
  )
})
