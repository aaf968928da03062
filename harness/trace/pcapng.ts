import { pushEntry } from './connection-frames.ts'
import { isOneMessage, undissectable } from './dissection.ts'
import { appendRemarks, createFrameWriter, encodeCapture } from './frame-writer.ts'
import type { ReadTrace } from './messages.ts'
import { type Decision, pushGre, pushStretch } from './part-frames.ts'
import type { Trace } from './trace.ts'

/** What a capture shows, and so what tshark counts in it. */
export interface CaptureCounts {
  /** Frames that hold one control message each: what `tshark -Y pptp` counts. */
  readonly messages: number
  /** Frames that hold one GRE packet each: what `tshark -Y gre` counts. */
  readonly gre: number
  /**
   * Stretches of octets shown as plain data because they end before the message or packet that they
   * begin.
   */
  readonly plain: number
  readonly frames: number
}

export interface Capture {
  readonly octets: Uint8Array
  /**
   * By trace entry index: the first frame, counted from 1, that shows the entry. Notes stand in the
   * comments of the frame that follows them. An entry that left no frame (an empty write) is
   * absent.
   */
  readonly frames: ReadonlyMap<number, number>
  readonly counts: CaptureCounts
}

/**
 * A trace as a capture file. Sockets tell octets, not segments, so packets are made up round what
 * they told:
 *
 * - One frame is one control message, however it was delivered: Wireshark's PPTP dissector (seen in
 *   4.0.17) reads one message a segment and reassembles nothing. Where a message was split, or
 *   shared a write with others, the frame's comment says so. The frame's time is when the message
 *   was complete.
 * - Sequence numbers, acknowledgments, handshakes and checksums are right, and "Follow TCP Stream"
 *   shows the very octets.
 * - Octets that end before the message they begin (cut short by a close, Length less than the
 *   type's table) would be marked as malformed PPTP. They are captured as a TCP segment sliced
 *   after its header, as any capture with a snap length is, and in full in the next frame, as plain
 *   data on a second interface.
 * - GRE packets that end inside a header, whose C or R bit calls for another layout, or whose PPP
 *   frame ends before its control packet's header are plain data on the second interface too.
 * - GRE that an impairment of ours lost, held back, delayed or doubled is there as often as one end
 *   of the path saw it, on interfaces of its own that say which end; the comment says what became
 *   of it.
 * - GRE that the tester cut into IP fragments is one frame for each of them, in the order in which
 *   they were sent.
 * - A message with a wrong Magic Cookie or an undefined type stays PPTP: the dissector can show it.
 *
 * What is malformed inside PPP stays as it is and is marked.
 */
export function writePcapng({ trace, parts }: ReadTrace): Capture {
  const writer = createFrameWriter(trace)
  const impairments = impairmentsOf(trace)
  let nextPart = 0

  /** Shows everything that was complete before the entry with that index. */
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

/** What a capture of a trace shows of messages and packets, without making it. */
export function countsOf({ parts }: ReadTrace): Pick<CaptureCounts, 'messages' | 'gre'> {
  let [messages, gre] = [0, 0]
  for (const part of parts)
    if (part.kind === 'gre') {
      if (undissectable(part.packet, part.octets) === undefined) gre++
    } else if (isOneMessage(part.octets)) messages++
  return { messages, gre }
}

/** The decisions of an impairment by the entry that they concern. */
function impairmentsOf(trace: Trace): ReadonlyMap<number, readonly Decision[]> {
  const found = new Map<number, Decision[]>()
  for (const entry of trace.entries)
    if (entry.kind === 'impairment') found.set(entry.of, [...(found.get(entry.of) ?? []), entry])
  return found
}
