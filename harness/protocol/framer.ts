import { HEADER_SIZE, MAGIC_COOKIE } from './messages.ts'
import { concat, copyOf, hexNumber, readUint16, readUint32 } from './octets.ts'

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
  let buffer: Uint8Array = NOTHING
  let lost = false

  function next(): Framed | undefined {
    if (buffer.length < 8) return undefined
    const cookie = readUint32(buffer, 4)
    const length = readUint16(buffer, 0)
    if (cookie !== MAGIC_COOKIE) return outOfStep('magic-cookie', `Magic Cookie ${hexNumber(cookie, 8)}`)
    if (length < HEADER_SIZE) return outOfStep('length', `Length ${length} is less than a header`)
    if (length > maximumLength) return outOfStep('length', `Length ${length} is more than any message has`)
    if (buffer.length < length) return undefined
    const octets = copyOf(buffer.length === length ? buffer : buffer.subarray(0, length))
    buffer = buffer.length === length ? NOTHING : buffer.subarray(length)
    return { kind: 'message', octets }
  }

  function outOfStep(cause: 'magic-cookie' | 'length', detail: string): Framed {
    lost = true
    const rest = buffer.slice()
    buffer = NOTHING
    return { kind: 'out-of-step', cause, detail, rest }
  }

  return {
    push(octets) {
      if (lost) return []
      buffer = buffer.length === 0 ? octets : concat(buffer, octets)
      const found: Framed[] = []
      for (let framed = next(); framed !== undefined; framed = lost ? undefined : next()) found.push(framed)
      return found
    },
    pending: () => buffer,
  }
}
