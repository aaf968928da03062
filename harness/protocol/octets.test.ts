import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCopier } from './octets.ts'

test('copies stay as they were, whatever their neighbours and originals become', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40_000, size: 'max' }), { maxLength: 12 }),
      (originals) => {
        const copier = createCopier()
        const expected = originals.map((octets) => octets.slice())
        const copies = originals.map((octets) => copier(octets))
        for (const octets of originals) octets.fill(0xee)
        const changed = copies.filter((copy, at) => Buffer.compare(copy, expected[at] ?? copy) !== 0)
        expect(changed).toEqual([])
      },
    ),
    { numRuns: 20 },
  )
  expect([...createCopier()(Uint8Array.of(1, 2, 3, 4), 1, 3)]).toEqual([2, 3])
})
