import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controlMessage, encodeControl } from './control.ts'
import { createFramer, type Framed } from './framer.ts'
import { type ControlMessage, MESSAGE_NAMES } from './messages.ts'
import { concat, toHex } from './octets.ts'

/** Cuts octets at random places. */
function cut(octets: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (octets.length + 1)))].sort((a, b) => a - b)
  const parts: Uint8Array[] = []
  let from = 0
  for (const end of [...ends, octets.length]) {
    parts.push(octets.subarray(from, end))
    from = end
  }
  return parts
}

const encoded = (name: (typeof MESSAGE_NAMES)[number]) =>
  encodeControl(controlMessage(name) as unknown as ControlMessage)

describe('framer', () => {
  test('finds the same messages however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...MESSAGE_NAMES), { maxLength: 6 }),
        fc.array(fc.nat(2000), { maxLength: 40 }),
        (names, places) => {
          const messages = names.map(encoded)
          const framer = createFramer()
          const found = cut(concat(...messages), places).flatMap((part) => framer.push(part))
          expect(found.map((one) => one.kind === 'message' && toHex(one.octets))).toEqual(messages.map(toHex))
          expect(framer.pending().length).toBe(0)
        },
      ),
    )
  })

  test('garbage gives the same result however it is cut, and never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (garbage, places) => {
          const stream = concat(encoded('Echo-Request'), garbage)
          const whole = createFramer().push(stream)
          const framer = createFramer()
          const parts = cut(stream, places).flatMap((part) => framer.push(part))
          const shape = (found: readonly Framed[]) =>
            found.map((one) => (one.kind === 'message' ? toHex(one.octets) : `${one.kind} ${one.cause}`))
          expect(shape(parts)).toEqual(shape(whole))
          expect(shape(whole)[0]).toBe(toHex(encoded('Echo-Request')))
        },
      ),
    )
  })

  test('a wrong Magic Cookie puts it out of step for good', () => {
    const framer = createFramer()
    const bad = encoded('Echo-Request')
    bad[4] = 0
    const found = framer.push(concat(bad, encoded('Echo-Request')))
    expect(found).toMatchObject([{ kind: 'out-of-step', cause: 'magic-cookie' }])
    expect(framer.push(encoded('Echo-Request'))).toEqual([])
  })

  test('a Length below the header puts it out of step', () => {
    const bad = encoded('Echo-Request')
    bad.set([0, 11])
    expect(createFramer().push(bad)).toMatchObject([{ kind: 'out-of-step', cause: 'length' }])
  })

  test('a Length above the limit puts it out of step, a Length at the limit does not', () => {
    const message = encoded('Echo-Request')
    expect(createFramer(16).push(message)).toMatchObject([{ kind: 'message' }])
    expect(createFramer(15).push(message)).toMatchObject([{ kind: 'out-of-step', cause: 'length' }])
  })

  test('nothing is decided before the Magic Cookie is complete', () => {
    const framer = createFramer()
    expect(framer.push(Uint8Array.of(0, 0, 0, 0, 0, 0, 0))).toEqual([])
    expect(framer.push(Uint8Array.of(0))).toMatchObject([{ kind: 'out-of-step', cause: 'magic-cookie' }])
  })
})
