import { UsageError } from '../errors/errors.ts'
import { printable } from '../protocol/octets.ts'

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

/** A capture file in memory. */
export interface CaptureFile {
  readonly octets: Uint8Array
  /** A view of `octets`. */
  readonly view: DataView
  /** The file's name, for error messages. */
  readonly source: string
  /** Called with a note for the user when the file ends too early. */
  readonly note: (text: string) => void
}

/** More octets than any frame has: a larger length is an error. */
export const LARGEST_FRAME = 16 * 1024 * 1024

/** Makes the error for a file that is damaged at an offset. */
export function corrupt({ source }: CaptureFile, offset: number, what: string): UsageError {
  return new UsageError(
    `${source} is damaged at offset ${offset}: ${printable(what)}`,
    'Capture again, or cut the file before that offset with editcap',
  )
}
