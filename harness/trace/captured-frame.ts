import { UsageError } from '../errors/errors.ts'
import { concat, printable } from '../protocol/octets.ts'

/** One frame of a capture. */
export interface CapturedFrame {
  /** Its number in the file, counted from 1 like Wireshark's. */
  readonly number: number
  /** ms since 1970. */
  readonly time: number
  /** A LINKTYPE_ number of the tcpdump.org registry. */
  readonly linkType: number
  /** The name of the interface on which it was captured; absent when the file does not name it. */
  readonly interfaceName?: string
  readonly octets: Uint8Array
  /** The number of octets at its end that the capture does not hold (snap length). */
  readonly cut: number
}

/**
 * The part of a capture file that is in memory. Readers of a format yield undefined where they need
 * more of it.
 */
export interface CaptureFile {
  octets: Uint8Array
  /** A view of `octets`. */
  view: DataView
  /** The offset of the first of `octets` in the file. */
  start: number
  /** The offset before which no octet is needed any more. */
  needed: number
  /** Whether `octets` reach to the end of the file. */
  ended: boolean
  /** The file's name, for error messages. */
  readonly source: string
  /** Called with a note for the user when the file ends too early. */
  readonly note: (text: string) => void
}

/** The frames of a file, in order; undefined wherever more of the file has to be read first. */
export type FrameGenerator = Generator<CapturedFrame | undefined, void, void>

/** Begins a file of which these octets are in memory. */
export function captureFile(
  octets: Uint8Array,
  ended: boolean,
  source: string,
  note: (text: string) => void,
): CaptureFile {
  return { octets, view: dataView(octets), start: 0, needed: 0, ended, source, note }
}

/** Adds octets to the end of the part in memory, and drops those that are not needed any more. */
export function extend(file: CaptureFile, octets: Uint8Array): void {
  const rest = file.octets.subarray(file.needed - file.start)
  file.octets = rest.length === 0 ? octets : concat(rest, octets)
  file.view = dataView(file.octets)
  file.start = file.needed
}

/** Whether `size` octets from an offset on are in memory. */
export function holds({ start, octets }: CaptureFile, at: number, size: number): boolean {
  return start + octets.length - at >= size
}

/** Waits for `size` octets from an offset on; returns false when the file ends before. */
export function* whenHeld(file: CaptureFile, at: number, size: number): Generator<undefined, boolean, void> {
  file.needed = at
  while (!holds(file, at, size)) {
    if (file.ended) return false
    yield undefined
  }
  return true
}

/** The offset of the end of the part in memory. */
export function endOf({ start, octets }: CaptureFile): number {
  return start + octets.length
}

function dataView({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** More octets than any frame has: a larger length is an error. */
export const LARGEST_FRAME = 16 * 1024 * 1024

/**
 * Makes the error for a file that is damaged. @param here the place, in octets of the part in
 * memory.
 */
export function corrupt({ source, start }: CaptureFile, here: number, what: string): UsageError {
  return new UsageError(
    `${source} is damaged at offset ${start + here}: ${printable(what)}`,
    'Capture again, or cut the file before that offset with editcap',
  )
}
