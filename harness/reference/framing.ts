import { createFramer, type Framed } from '../protocol/framer.ts'
import { HEADER_SIZE, MAGIC_COOKIE, MESSAGE_NAMES, sizeOf } from '../protocol/messages.ts'
import { concat, readUint16, readUint32, writeUint32 } from '../protocol/octets.ts'
import type { Faults } from './faults.ts'

/**
 * No message is longer, so a greater Length cannot be waited for (section 1.4, interpretation
 *
 */
const LONGEST_MESSAGE = Math.max(...MESSAGE_NAMES.map(sizeOf))

export interface Framing {
  push(octets: Uint8Array): readonly Framed[]
  /** Whether the last octets were the beginning of a message that goes on. */
  isHalfway(): boolean
}

/** The framer of one connection, with the ways in which framers go wrong. */
export function createFraming(faults: Faults): Framing {
  let framer = createFramer(LONGEST_MESSAGE)
  /** What a resynchronizing mutant has not yet found a Magic Cookie in. */
  let unsynchronized: Uint8Array | undefined

  function push(octets: Uint8Array): readonly Framed[] {
    if (unsynchronized !== undefined) return resynchronize(concat(unsynchronized, octets))
    const found = framer.push(octets)
    const last = found.at(-1)
    if (last?.kind === 'out-of-step') {
      const recovered = recover(last)
      if (recovered !== undefined) return [...found.slice(0, -1), ...recovered]
    } else if (framer.pending().length > 0 && faults.has('framer-needs-whole-message-per-read'))
      return [
        ...found,
        { kind: 'out-of-step', cause: 'length', detail: 'half a message', rest: framer.pending() },
      ]
    if (found.length > 1 && faults.has('framer-one-message-per-read')) return found.slice(0, 1)
    return found
  }

  /**
   * What a faulty framer does instead of reporting the loss of step; undefined where it does report
   * it.
   */
  function recover(lost: Framed & { readonly kind: 'out-of-step' }): readonly Framed[] | undefined {
    const { cause, rest } = lost
    if (cause === 'magic-cookie') {
      if (faults.has('ignores-magic-cookie')) {
        const mended = rest.slice()
        writeUint32(mended, 4, MAGIC_COOKIE)
        framer = createFramer(LONGEST_MESSAGE)
        return push(mended)
      }
      if (faults.has('resynchronizes')) return resynchronize(rest.subarray(1))
      return faults.has('never-closes-on-bad-cookie') ? [] : undefined
    }
    const length = readUint16(rest, 0)
    if (length < HEADER_SIZE && faults.has('ignores-short-length')) {
      framer = createFramer(LONGEST_MESSAGE)
      return []
    }
    if (length > LONGEST_MESSAGE && faults.has('waits-for-impossible-length')) {
      framer = createFramer()
      return push(rest)
    }
    return faults.has('never-closes-on-bad-length') ? [] : undefined
  }

  function resynchronize(octets: Uint8Array): readonly Framed[] {
    for (let at = 0; at + 8 <= octets.length; at++)
      if (readUint32(octets, at + 4) === MAGIC_COOKIE) {
        framer = createFramer(LONGEST_MESSAGE)
        unsynchronized = undefined
        return push(octets.slice(at))
      }
    unsynchronized = octets.slice(-7)
    return []
  }

  return { push, isHalfway: () => framer.pending().length > 0 }
}
