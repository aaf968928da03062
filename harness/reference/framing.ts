import { createFramer, type Framed } from '../protocol/framer.ts'
import { MESSAGE_NAMES, sizeOf } from '../protocol/messages.ts'

/** The state of reading a TCP stream between two segments. */
export interface Stream {
  /** The beginning of a message that is not complete. */
  readonly pending: Uint8Array
  /** The greatest Length in octets; a greater one means that the stream is out of step. */
  readonly longest: number
  /** Whether the stream is out of step (section 1.4): nothing more is read. */
  readonly isLost: boolean
}

/** The messages that a segment completed, in order, and the state of reading after it. */
export interface Framing {
  readonly found: readonly Framed[]
  readonly stream: Stream
}

/** The state before the first segment. `longest` is the largest message (interpretation A-09). */
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
