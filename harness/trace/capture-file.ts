import { UsageError } from '../errors/errors.ts'
import { hexNumber } from '../protocol/octets.ts'
import {
  type CapturedFrame,
  type CaptureFile,
  captureFile,
  extend,
  type FrameGenerator,
} from './captured-frame.ts'
import { pcapFormatOf, readPcap } from './pcap-reader.ts'
import { isPcapng, readPcapng } from './pcapng-reader.ts'

/**
 * Reads capture files: pcap and pcapng. No maintained npm library read both when this was written,
 * and the formats are small.
 */

/**
 * Reads the frames of a capture file, one after the other. Of a file that ends in the middle of a
 * frame, reads the frames before it and calls `note`.
 * @param source the file's name, for error messages.
 * @throws UsageError, also between frames, when the file is not a capture or contains an impossible
 * length; the message names the file offset.
 */
export function* readFrames(
  octets: Uint8Array,
  source: string,
  note: (text: string) => void,
): Generator<CapturedFrame, void, void> {
  for (const frame of framesOf(captureFile(octets, true, source, note))) if (frame !== undefined) yield frame
}

/** Reads the frames of a capture file that comes in pieces. */
export interface FrameParser {
  /**
   * Takes the next piece; yields the frames that it completes.
   * @throws UsageError like `readFrames`.
   */
  push(octets: Uint8Array): Generator<CapturedFrame, void, void>
  /** Ends the file. Yields the frames that are left, like `push`. */
  end(): Generator<CapturedFrame, void, void>
}

/** The most octets that are needed to tell the format of a file. */
const FORMAT_OCTETS = 24

/** Makes a parser of one capture file. The parameters are those of `readFrames`. */
export function createFrameParser(source: string, note: (text: string) => void): FrameParser {
  const file = captureFile(new Uint8Array(0), false, source, note)
  let frames: FrameGenerator | undefined

  function* available(): Generator<CapturedFrame, void, void> {
    if (frames === undefined && file.octets.length < FORMAT_OCTETS && !file.ended) return
    frames ??= framesOf(file)
    for (;;) {
      const { value, done } = frames.next()
      if (done || value === undefined) return
      yield value
    }
  }

  return {
    push(octets) {
      extend(file, octets)
      return available()
    },
    end() {
      file.ended = true
      return available()
    },
  }
}

function framesOf(file: CaptureFile): FrameGenerator {
  const { octets, view, source } = file
  if (octets.length === 0) throw new UsageError(`${source} is empty`, REMEDY)
  if (octets.length < 4)
    throw new UsageError(`${source} is too short for a capture file (octets: ${octets.length})`, REMEDY)
  if (isPcapng(file)) return readPcapng(file)
  const format = pcapFormatOf(file)
  if (format !== undefined) return readPcap(file, format)
  throw notRead(source, view.getUint32(0))
}

/** Whether a file begins like a capture of a format that is read. @param magic its first octets. */
export function isCaptureMagic(magic: Uint8Array): boolean {
  const file = captureFile(magic, true, '', () => {})
  return isPcapng(file) || pcapFormatOf(file) !== undefined
}

const EDITCAP = 'editcap -F pcapng FILE OUT.pcapng'
/** Other formats of captures and compressed files, by their first 16 or 32 bits. */
const FORMATS = [
  { begins: 0x736e6f6f, name: 'snoop', how: EDITCAP },
  { begins: 0x474d4255, name: 'Microsoft Network Monitor', how: EDITCAP },
  { begins: 0x52545353, name: 'Microsoft Network Monitor 1', how: EDITCAP },
  { begins: 0x28b52ffd, name: 'zstd', how: 'zstd -d FILE' },
  { begins: 0xfd377a58, name: 'xz', how: 'xz -d FILE' },
  { begins: 0x425a, name: 'bzip2', how: 'bzip2 -d FILE' },
  { begins: 0x504b, name: 'ZIP', how: 'unzip FILE' },
] as const

const REMEDY = 'Give a pcap or pcapng file, as tcpdump, Wireshark and pptpspec write them'

/** The error for a file of unsupported format. @param magic its first 32 bits. */
function notRead(source: string, magic: number): UsageError {
  const format = FORMATS.find(({ begins }) => magic === begins || magic >>> 16 === begins)
  return format === undefined
    ? new UsageError(
        `${source} is not a capture file: it begins with ${hexNumber(magic, 8)} at offset 0`,
        REMEDY,
      )
    : new UsageError(
        `${source} is a ${format.name} file, a format that is not supported`,
        `Convert it first: ${format.how}`,
      )
}
