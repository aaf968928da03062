import {
  type CaptureFile,
  corrupt,
  endOf,
  type FrameGenerator,
  holds,
  LARGEST_FRAME,
  whenHeld,
} from './captured-frame.ts'

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
): FrameGenerator {
  if (!(yield* whenHeld(file, 0, FILE_HEADER))) {
    file.note(`the file ends inside its header, at offset ${endOf(file)}`)
    return
  }
  // The upper bits say whether checksums follow the frames.
  const linkType = file.view.getUint32(20, littleEndian) & 0xffff
  let number = 0
  for (let at = FILE_HEADER; ; ) {
    if (!holds(file, at, header) && !(yield* whenHeld(file, at, header))) {
      if (at < endOf(file)) file.note(`the file ends inside a frame, at offset ${at}`)
      return
    }
    const kept = file.view.getUint32(at - file.start + 8, littleEndian)
    if (kept > LARGEST_FRAME) throw corrupt(file, at - file.start + 8, `a frame of ${kept} octets`)
    if (!holds(file, at, header + kept) && !(yield* whenHeld(file, at, header + kept))) {
      file.note(`the file ends inside a frame, at offset ${at}`)
      return
    }
    const here = at - file.start
    const { view } = file
    const original = view.getUint32(here + 12, littleEndian)
    number++
    yield {
      number,
      time: view.getUint32(here, littleEndian) * 1000 + view.getUint32(here + 4, littleEndian) / fractions,
      linkType,
      octets: file.octets.subarray(here + header, here + header + kept),
      cut: Math.max(0, original - kept),
    }
    at += header + kept
  }
}
