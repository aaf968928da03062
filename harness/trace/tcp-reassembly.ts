import { TcpFlag } from './ip.ts'

/** TCP connections of a capture, as the two streams that they carried. */

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

/** What a stream comes to, in the order in which its receiver could have read it. */
export interface StreamEvents {
  /** `frame`: the one that carried these octets. */
  data(octets: Uint8Array, frame: number): void
  end(frame: number): void
  /** Octets are missing from here on, unless `mend` is called later. */
  hole(detail: string, frame: number): { readonly mend: () => void }
}

/** One direction of one connection. */
export interface Stream {
  /**
   * The sequence number of its first octet: SYN's and one more, or the one that the other side
   * acknowledged.
   */
  begin(sequence: number): void
  readonly begun: () => boolean
  /** A segment's octets; `missing` of them, at the end, are not in the capture. */
  take(sequence: number, octets: Uint8Array, missing: number, frame: number): void
  /** Octets that were captured apart from their segment: they fill what is missing. */
  fill(octets: Uint8Array, frame: number): void
  fin(sequence: number, frame: number): void
  /** The other side acknowledged everything before that. */
  acknowledged(sequence: number, frame: number): void
}

/** Segments and octets kept while one before them is missing. */
const PENDING_SEGMENTS = 256
const PENDING_OCTETS = 1024 * 1024
/** Further ahead than any window: no segment of this stream. */
const FARTHEST = 2 ** 30

export function createStream(events: StreamEvents): Stream {
  let next: number | undefined
  let pending: { readonly sequence: number; readonly octets: Uint8Array; readonly frame: number }[] = []
  let pendingOctets = 0
  let highestAcknowledged: number | undefined
  let hole: { readonly mend: () => void } | undefined
  let finAt: { readonly sequence: number; readonly frame: number } | undefined
  let over = false

  /** How far `sequence` is ahead of `from`, across the wrap at 2^32; negative behind it. */
  const ahead = (sequence: number, from: number) => (sequence - from) | 0

  function open(detail: string, frame: number): void {
    hole ??= events.hole(detail, frame)
  }

  /** Delivers what is new of some octets; false when they are not due yet. */
  function deliver(sequence: number, octets: Uint8Array, frame: number): boolean {
    if (next === undefined) return false
    const gap = ahead(sequence, next)
    if (gap > 0) return false
    if (octets.length > -gap) {
      const fresh = octets.subarray(-gap)
      events.data(fresh, frame)
      next = (next + fresh.length) >>> 0
    }
    return true
  }

  function settle(): void {
    for (let due = true; due && pending.length > 0; ) {
      const rest = pending.filter((one) => !deliver(one.sequence, one.octets, one.frame))
      due = rest.length < pending.length
      pending = rest
    }
    pendingOctets = pending.reduce((sum, { octets }) => sum + octets.length, 0)
    if (next === undefined) return
    const caughtUp = highestAcknowledged === undefined || ahead(highestAcknowledged, next) <= 0
    if (hole !== undefined && pending.length === 0 && caughtUp) {
      hole.mend()
      hole = undefined
    }
    if (finAt !== undefined && ahead(finAt.sequence, next) <= 0) {
      over = true
      events.end(finAt.frame)
    }
  }

  return {
    begun: () => next !== undefined,
    begin(sequence) {
      next ??= sequence >>> 0
    },
    take(sequence, octets, missing, frame) {
      if (over || next === undefined) return
      if (Math.abs(ahead(sequence, next)) > FARTHEST) return
      if (octets.length > 0 && !deliver(sequence, octets, frame)) {
        open('a segment before this one is not in the capture', frame)
        if (pending.length >= PENDING_SEGMENTS || pendingOctets + octets.length > PENDING_OCTETS) {
          // So much has come since that it will not come any more.
          over = true
          pending = []
          return
        }
        pending.push({ sequence, octets, frame })
        pendingOctets += octets.length
        return
      }
      if (missing > 0 && ahead((sequence + octets.length + missing) >>> 0, next) > 0) {
        open(`${missing} octets were cut off by the capture's snap length`, frame)
        return
      }
      if (octets.length > 0) settle()
    },
    fill(octets, frame) {
      if (over || next === undefined || hole === undefined) return
      deliver(next, octets, frame)
      settle()
    },
    fin(sequence, frame) {
      if (over || next === undefined) return
      finAt ??= { sequence, frame }
      settle()
    },
    acknowledged(sequence, frame) {
      if (over || next === undefined) return
      const gap = ahead(sequence, next)
      if (gap <= 0 || gap > FARTHEST) return
      // A FIN takes a number of its own.
      if (finAt !== undefined && gap <= 1) return
      if (highestAcknowledged === undefined || ahead(sequence, highestAcknowledged) > 0)
        highestAcknowledged = sequence
      open('octets that were acknowledged are not in the capture', frame)
    },
  }
}

/** Which of a connection's beginnings a segment is. */
export function isSyn({ flags }: Segment): 'request' | 'answer' | undefined {
  if ((flags & TcpFlag.syn) === 0) return undefined
  return (flags & TcpFlag.ack) === 0 ? 'request' : 'answer'
}
