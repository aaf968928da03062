import { createFramer, type Framed } from '../protocol/framer.ts'
import { MESSAGE_NAMES, sizeOf } from '../protocol/messages.ts'

/** What is left to read of a TCP stream between two of its segments. */
export interface Stream {
  /** The beginning of a message that goes on. */
  readonly pending: Uint8Array
  /** A greater Length cannot be waited for. */
  readonly longest: number
  /** It is out of step (section 1.4): nothing more is read. */
  readonly isLost: boolean
}

/** What a segment completed, in order, and what is left. */
export interface Framing {
  readonly found: readonly Framed[]
  readonly stream: Stream
}

/** A stream of which nothing has come; no message is longer (section 1.4, interpretation A-09). */
export const NEW_STREAM: Stream = {
  pending: new Uint8Array(0),
  longest: Math.max(...MESSAGE_NAMES.map(sizeOf)),
  isLost: false,
}

/** Cuts the next octets of a stream into messages, whatever its segmentation (section 1.4). */
export function frame(stream: Stream, octets: Uint8Array): Framing {
  if (stream.isLost) return { found: [], stream }
  const framer = createFramer(stream.longest)
  if (stream.pending.length > 0) framer.push(stream.pending)
  const found = framer.push(octets)
  const isLost = found.at(-1)?.kind === 'out-of-step'
  return { found, stream: { ...stream, pending: framer.pending(), isLost } }
}
