import { type CapturedFrame, type CaptureFile, corrupt, LARGEST_FRAME } from './captured-frame.ts'

/** Reads pcap, with times in microseconds or nanoseconds, in either byte order. */

const FILE_HEADER = 24
const FRAME_HEADER = 16

const MICROSECONDS = 0xa1b2c3d4
const NANOSECONDS = 0xa1b23c4d
/** The format of Alexey Kuznetsov's patch to libpcap: 8 more octets before each frame. */
const MODIFIED = 0xa1b2cd34
const MODIFIED_MORE = 8

/** The variant of a pcap file, according to its first four octets. */
export interface PcapFormat {
  readonly littleEndian: boolean
  /** The size in octets of the header before each frame. */
  readonly header: number
  /** Units of the timestamps' fractional part in a ms. */
  readonly fractions: number
}

/** Reads the variant of a pcap file; undefined when the file does not begin like pcap. */
export function pcapFormatOf({ view }: CaptureFile): PcapFormat | undefined {
  for (const littleEndian of [false, true]) {
    const magic = view.getUint32(0, littleEndian)
    if (magic !== MICROSECONDS && magic !== NANOSECONDS && magic !== MODIFIED) continue
    return {
      littleEndian,
      header: magic === MODIFIED ? FRAME_HEADER + MODIFIED_MORE : FRAME_HEADER,
      fractions: magic === NANOSECONDS ? 1e6 : 1e3,
    }
  }
  return undefined
}

/**
 * Reads the frames of a pcap file, one after the other.
 * @throws UsageError when the file contains an impossible length.
 */
export function* readPcap(
  file: CaptureFile,
  { littleEndian, header, fractions }: PcapFormat,
): Generator<CapturedFrame, void, void> {
  const { octets, view, note } = file
  if (octets.length < FILE_HEADER) {
    note(`the file ends inside its header, at offset ${octets.length}`)
    return
  }
  // The upper bits say whether checksums follow the frames.
  const linkType = view.getUint32(20, littleEndian) & 0xffff
  let number = 0
  for (let at = FILE_HEADER; at < octets.length; ) {
    if (octets.length - at < header) {
      note(`the file ends inside a frame, at offset ${at}`)
      return
    }
    const kept = view.getUint32(at + 8, littleEndian)
    const original = view.getUint32(at + 12, littleEndian)
    if (kept > LARGEST_FRAME) throw corrupt(file, at + 8, `a frame of ${kept} octets`)
    const start = at + header
    if (octets.length - start < kept) {
      note(`the file ends inside a frame, at offset ${at}`)
      return
    }
    number++
    yield {
      number,
      time: view.getUint32(at, littleEndian) * 1000 + view.getUint32(at + 4, littleEndian) / fractions,
      linkType,
      octets: octets.subarray(start, start + kept),
      cut: Math.max(0, original - kept),
    }
    at = start + kept
  }
}
