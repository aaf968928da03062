import { TcpFlag } from './ip.ts'

/** Reassembles the two streams of a TCP connection from its captured segments. */

export interface Segment {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
  readonly data: Uint8Array
}

/** Reads a TCP segment; undefined when it ends inside its header. Never throws. */
export function readSegment(octets: Uint8Array): Segment | undefined {
  if (octets.length < 20) return undefined
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const header = (view.getUint8(12) >> 4) * 4
  if (header < 20 || header > octets.length) return undefined
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgment: view.getUint32(8),
    flags: view.getUint8(13),
    data: octets.subarray(header),
  }
}

/** Receives the contents of a stream, in the order in which its receiver could have read them. */
export interface StreamEvents {
  /** @param frame the frame that carried these octets. */
  data(octets: Uint8Array, frame: number): void
  end(frame: number): void
  /** Octets are missing from here on, unless `mend` is called later. */
  hole(detail: string, frame: number): Hole
}

/** A place at which octets of a stream are missing. */
export interface Hole {
  /** The missing octets have come. */
  mend(): void
  /** Whether the octets after it were given up: it cannot be mended any more. */
  isFinal(): boolean
}

/** One direction of one connection. */
export interface Stream {
  /**
   * Sets the sequence number of its first octet: one more than that of SYN, or the number that the
   * other side acknowledged.
   */
  begin(sequence: number): void
  readonly begun: () => boolean
  /** Takes the octets of a segment; `missing` more at its end are not in the capture. */
  take(sequence: number, octets: Uint8Array, missing: number, frame: number): void
  /** Fills a gap with octets that were captured apart from their segment. */
  fill(octets: Uint8Array, frame: number): void
  fin(sequence: number, frame: number): void
  /** The other side acknowledged all octets before this sequence number. */
  acknowledged(sequence: number, frame: number): void
}

/** The most segments and octets that are kept while an earlier one is missing. */
const PENDING_SEGMENTS = 256
const PENDING_OCTETS = 1024 * 1024
/** A segment that is further ahead than any window is not part of this stream. */
const FARTHEST = 2 ** 30

/** Octets that were captured before octets that precede them in the stream. */
interface Pending {
  readonly sequence: number
  readonly octets: Uint8Array
  readonly frame: number
}

interface StreamState {
  readonly events: StreamEvents
  /** The sequence number of the next octet to deliver; undefined before the stream has begun. */
  next: number | undefined
  pending: Pending[]
  pendingOctets: number
  highestAcknowledged: number | undefined
  hole: Hole | undefined
  finAt: { readonly sequence: number; readonly frame: number } | undefined
  over: boolean
}

/** Creates a stream that has not begun. */
export function createStream(events: StreamEvents): Stream {
  const stream: StreamState = {
    events,
    next: undefined,
    pending: [],
    pendingOctets: 0,
    highestAcknowledged: undefined,
    hole: undefined,
    finAt: undefined,
    over: false,
  }
  return {
    begun: () => stream.next !== undefined,
    begin(sequence) {
      stream.next ??= sequence >>> 0
    },
    take: (sequence, octets, missing, frame) => take(stream, { sequence, octets, frame }, missing),
    fill(octets, frame) {
      if (isOver(stream) || stream.next === undefined || stream.hole === undefined) return
      deliver(stream, { sequence: stream.next, octets, frame })
      settle(stream)
    },
    fin(sequence, frame) {
      if (isOver(stream) || stream.next === undefined) return
      stream.finAt ??= { sequence, frame }
      settle(stream)
    },
    acknowledged: (sequence, frame) => takeAcknowledgment(stream, sequence, frame),
  }
}

function take(stream: StreamState, segment: Pending, missing: number): void {
  const { sequence, octets, frame } = segment
  if (isOver(stream) || stream.next === undefined) return
  if (Math.abs(ahead(sequence, stream.next)) > FARTHEST) return
  if (octets.length > 0 && !deliver(stream, segment)) {
    open(stream, 'a segment before this one is not in the capture', frame)
    keep(stream, segment)
    return
  }
  if (missing > 0 && ahead((sequence + octets.length + missing) >>> 0, stream.next) > 0) {
    open(stream, `${missing} octets were cut off by the capture's snap length`, frame)
    return
  }
  if (octets.length > 0) settle(stream)
}

/** Whether nothing more of a stream can be read. */
function isOver(stream: StreamState): boolean {
  if (!stream.over && stream.hole?.isFinal() === true) {
    stream.over = true
    stream.pending = []
  }
  return stream.over
}

/** Keeps a segment until the octets before it have come. */
function keep(stream: StreamState, segment: Pending): void {
  const octets = stream.pendingOctets + segment.octets.length
  if (stream.pending.length >= PENDING_SEGMENTS || octets > PENDING_OCTETS) {
    // So much has come since that the missing segment will not come any more.
    stream.over = true
    stream.pending = []
    return
  }
  stream.pending.push(segment)
  stream.pendingOctets = octets
}

function takeAcknowledgment(stream: StreamState, sequence: number, frame: number): void {
  const { over, next, finAt, highestAcknowledged } = stream
  if (over || next === undefined) return
  const gap = ahead(sequence, next)
  if (gap <= 0 || gap > FARTHEST) return
  // A FIN takes one sequence number.
  if (finAt !== undefined && gap <= 1) return
  if (highestAcknowledged === undefined || ahead(sequence, highestAcknowledged) > 0)
    stream.highestAcknowledged = sequence
  open(stream, 'octets that were acknowledged are not in the capture', frame)
}

/** How far `sequence` is ahead of `from`, across the wrap at 2^32; negative behind it. */
function ahead(sequence: number, from: number): number {
  return (sequence - from) | 0
}

/** Reports missing octets; only the first hole counts until it is mended. */
function open(stream: StreamState, detail: string, frame: number): void {
  stream.hole ??= stream.events.hole(detail, frame)
}

/** Delivers the new part of some octets; returns false when octets before them are missing. */
function deliver(stream: StreamState, { sequence, octets, frame }: Pending): boolean {
  if (stream.next === undefined) return false
  const gap = ahead(sequence, stream.next)
  if (gap > 0) return false
  if (octets.length > -gap) {
    const fresh = octets.subarray(-gap)
    stream.events.data(fresh, frame)
    stream.next = (stream.next + fresh.length) >>> 0
  }
  return true
}

/** Delivers kept segments whose turn has come, and ends the stream if they were the last. */
function settle(stream: StreamState): void {
  for (let due = true; due && stream.pending.length > 0; ) {
    const rest = stream.pending.filter((one) => !deliver(stream, one))
    due = rest.length < stream.pending.length
    stream.pending = rest
  }
  stream.pendingOctets = stream.pending.reduce((sum, { octets }) => sum + octets.length, 0)
  const { next, highestAcknowledged, hole, finAt } = stream
  if (next === undefined) return
  const caughtUp = highestAcknowledged === undefined || ahead(highestAcknowledged, next) <= 0
  if (hole !== undefined && stream.pending.length === 0 && caughtUp) {
    hole.mend()
    stream.hole = undefined
  }
  if (finAt !== undefined && ahead(finAt.sequence, next) <= 0) {
    stream.over = true
    stream.events.end(finAt.frame)
  }
}

/** Whether a segment is the SYN that opens a connection, or the SYN that answers it. */
export function isSyn({ flags }: Segment): 'request' | 'answer' | undefined {
  if ((flags & TcpFlag.syn) === 0) return undefined
  return (flags & TcpFlag.ack) === 0 ? 'request' : 'answer'
}
