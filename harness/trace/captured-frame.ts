import { UsageError } from '../errors/errors.ts'
import { printable } from '../protocol/octets.ts'

/** One frame as a capture holds it. */
export interface CapturedFrame {
  /** Place in the file, from 1, as Wireshark counts. */
  readonly number: number
  /** ms since 1970. */
  readonly time: number
  /** A LINKTYPE_ number of the tcpdump.org registry. */
  readonly linkType: number
  /** The name of the interface it was captured on; absent where the file has none. */
  readonly interfaceName?: string
  readonly octets: Uint8Array
  /** Octets at its end that were not kept (snap length). */
  readonly cut: number
}

/** A capture file in memory, and how to speak of it. */
export interface CaptureFile {
  readonly octets: Uint8Array
  /** The same octets. */
  readonly view: DataView
  /** What to call it in messages. */
  readonly source: string
  /** Is told where a file ends too early. */
  readonly note: (text: string) => void
}

/** More octets than any frame has: a length above it is no length. */
export const LARGEST_FRAME = 16 * 1024 * 1024

/** The error for a file that cannot be right at an offset. */
export function corrupt({ source }: CaptureFile, offset: number, what: string): UsageError {
  return new UsageError(
    `${source} is damaged at offset ${offset}: ${printable(what)}`,
    'Capture again, or cut the file before that with editcap',
  )
}
