import { HEADER_SIZE, MAGIC_COOKIE } from './messages.ts'
import { copyOf, hexNumber, readUint16, readUint32 } from './octets.ts'

/** One result of framing: a message, or the point at which the stream is out of step. */
export type Framed =
  /** The octets of one message, as its Length says. */
  | { readonly kind: 'message'; readonly octets: Uint8Array }
  /**
   * The stream is out of step (section 1.4): `rest` holds everything from the offending header on.
   * Nothing is framed after this; the RFC forbids looking for the next Magic Cookie.
   */
  | {
      readonly kind: 'out-of-step'
      readonly cause: 'magic-cookie' | 'length'
      readonly detail: string
      readonly rest: Uint8Array
    }

/** Cuts a TCP octet stream into control messages, whatever its segmentation. */
export interface Framer {
  /** Takes the next octets; returns the messages that they complete, in order. Never throws. */
  push(octets: Uint8Array): readonly Framed[]
  /** Octets of a message not yet complete. */
  pending(): Uint8Array
}

const NOTHING = new Uint8Array(0)

/**
 * Makes a framer for one TCP connection.
 * @param maximumLength in octets; a greater Length means that the stream is out of step. By default
 * the greatest number that the Length field can hold, so at most 65,535 octets are kept.
 */
export function createFramer(maximumLength = 0xffff): Framer {
  const queue = createQueue()
  let lost = false

  function next(): Framed | undefined {
    const waiting = queue.waiting()
    if (waiting.length < 8) return undefined
    const cookie = readUint32(waiting, 4)
    const length = readUint16(waiting, 0)
    if (cookie !== MAGIC_COOKIE) return outOfStep('magic-cookie', `Magic Cookie ${hexNumber(cookie, 8)}`)
    if (length < HEADER_SIZE) return outOfStep('length', `Length ${length} is less than a header`)
    if (length > maximumLength) return outOfStep('length', `Length ${length} is more than any message has`)
    if (waiting.length < length) return undefined
    const octets = copyOf(waiting, 0, length)
    queue.remove(length)
    return { kind: 'message', octets }
  }

  function outOfStep(cause: 'magic-cookie' | 'length', detail: string): Framed {
    lost = true
    const rest = queue.waiting().slice()
    queue.remove(rest.length)
    return { kind: 'out-of-step', cause, detail, rest }
  }

  return {
    push(octets) {
      if (lost) return []
      queue.add(octets)
      const found: Framed[] = []
      for (let framed = next(); framed !== undefined; framed = lost ? undefined : next()) found.push(framed)
      return found
    },
    pending: () => queue.waiting(),
  }
}

/** Octets that wait, in order. */
interface OctetQueue {
  add(octets: Uint8Array): void
  /** All octets that wait; valid until the next `add`. */
  waiting(): Uint8Array
  remove(count: number): void
}

/**
 * Makes a queue that adds octets in constant time each: a message may come in 65,535 segments of
 * one octet. Octets that find the queue empty are not copied.
 */
function createQueue(): OctetQueue {
  let store: Uint8Array = NOTHING
  let begin = 0
  let end = 0
  let isOwn = false
  return {
    add(octets) {
      if (begin === end) {
        store = octets
        begin = 0
        end = octets.length
        isOwn = false
        return
      }
      if (!isOwn || store.length - end < octets.length) {
        const kept = store.subarray(begin, end)
        store = new Uint8Array(2 * (kept.length + octets.length))
        store.set(kept)
        begin = 0
        end = kept.length
        isOwn = true
      }
      store.set(octets, end)
      end += octets.length
    },
    waiting: () => (begin === 0 && end === store.length ? store : store.subarray(begin, end)),
    remove(count) {
      begin += count
    },
  }
}
