import { pushEntry } from './connection-frames.ts'
import { isOneMessage, undissectable } from './dissection.ts'
import { appendRemarks, createFrameWriter, encodeCapture } from './frame-writer.ts'
import type { ReadTrace } from './messages.ts'
import { type Decision, pushGre, pushStretch } from './part-frames.ts'
import type { Trace } from './trace.ts'

/** Counts of frames in a capture, as tshark counts them. */
export interface CaptureCounts {
  /** Frames that hold one control message each: what `tshark -Y pptp` counts. */
  readonly messages: number
  /** Frames that hold one GRE packet each: what `tshark -Y gre` counts. */
  readonly gre: number
  /** Stretches of octets shown as plain data because their message or packet is incomplete. */
  readonly plain: number
  readonly frames: number
}

export interface Capture {
  readonly octets: Uint8Array
  /**
   * By trace entry index: the first frame, counted from 1, that shows the entry. Notes are in the
   * comments of the next frame. An entry without a frame (an empty write) is absent.
   */
  readonly frames: ReadonlyMap<number, number>
  readonly counts: CaptureCounts
}

/**
 * Writes a trace as a capture file. Sockets report octets, not segments, so packets are constructed
 * around these octets:
 *
 * - One frame is one control message, however it was delivered: Wireshark's PPTP dissector (seen in
 *   4.0.17) reads one message in each segment and reassembles nothing. Where a message was split,
 *   or shared a write with others, the frame's comment says so. The frame's time is that of the
 *   message's last octet.
 * - Sequence numbers, acknowledgments, handshakes and checksums are right, and "Follow TCP Stream"
 *   shows the real octets.
 * - Octets of an incomplete message (cut short by a close, or with a Length less than the type's
 *   table) would be marked as malformed PPTP. They are written as a TCP segment cut after its
 *   header, as any capture with a snap length is, and in full in the next frame, as plain data on a
 *   second interface.
 * - GRE packets that end inside a header, whose C or R bit means another layout, or whose PPP frame
 *   ends before its control packet's header are plain data on the second interface too.
 * - A GRE packet that our impairment lost, held back, delayed or doubled has one frame for each
 *   time that an end of the path saw it, on an interface that says which end; the comment says what
 *   the impairment did.
 * - A GRE packet that the tester cut into IP fragments has one frame for each fragment, in the
 *   order of sending.
 * - A message with a wrong Magic Cookie or an undefined type stays PPTP: the dissector can show it.
 *
 * Malformed contents of PPP stay as they are, and Wireshark marks them.
 */
export function writePcapng({ trace, parts }: ReadTrace): Capture {
  const writer = createFrameWriter(trace)
  const impairments = impairmentsOf(trace)
  let nextPart = 0

  /** Writes the parts that were complete before the entry with this index. */
  function pushPartsBefore(index: number): void {
    for (let part = parts[nextPart]; part !== undefined && part.entry.index < index; part = parts[nextPart]) {
      nextPart++
      if (part.kind === 'gre') pushGre(writer, part, impairments.get(part.entry.index) ?? [])
      else pushStretch(writer, part)
    }
  }

  for (const entry of trace.entries) {
    pushPartsBefore(entry.index)
    pushEntry(writer, entry)
  }
  pushPartsBefore(Number.POSITIVE_INFINITY)
  appendRemarks(writer)
  const { frames, frameOf, counts } = writer
  return { octets: encodeCapture(writer), frames: frameOf, counts: { ...counts, frames: frames.length } }
}

/** Counts the messages and packets that a capture of a trace shows, without writing the capture. */
export function countsOf({ parts }: ReadTrace): Pick<CaptureCounts, 'messages' | 'gre'> {
  let [messages, gre] = [0, 0]
  for (const part of parts)
    if (part.kind === 'gre') {
      if (undissectable(part.packet, part.octets) === undefined) gre++
    } else if (isOneMessage(part.octets)) messages++
  return { messages, gre }
}

/** The impairment's decisions, by the entry that they concern. */
function impairmentsOf(trace: Trace): ReadonlyMap<number, readonly Decision[]> {
  const found = new Map<number, Decision[]>()
  for (const entry of trace.entries)
    if (entry.kind === 'impairment') found.set(entry.of, [...(found.get(entry.of) ?? []), entry])
  return found
}
