import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { messageOf, UsageError } from '../errors/errors.ts'

/** How a file that the user named is read. */
export interface NamedFileOptions {
  /** The largest size in octets; a larger file is refused. */
  readonly most: number
  /** The name of the file in messages; its path unless given. */
  readonly name?: string
  /** The remedy to show where the file cannot be read. */
  readonly remedy: string
  /** The remedy to show where the file is too large; `remedy` unless given. */
  readonly whenLarger?: string
}

/**
 * Reads the whole of a file that the user named. It may be a pipe or a device; one without an end
 * is too large.
 * @throws UsageError when the file cannot be read, is a directory, or is too large.
 */
export function readNamedFile(file: string, options: NamedFileOptions): Buffer {
  const { most, name = file, remedy, whenLarger = remedy } = options
  let octets: Buffer | undefined
  try {
    octets = readUpTo(file, most)
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${messageOf(error)}`, remedy, { cause: error })
  }
  if (octets === undefined) throw new UsageError(`${name} is larger than ${most} octets`, whenLarger)
  return octets
}

/** Reads a file; returns undefined where it has more than `most` octets. */
function readUpTo(file: string, most: number): Buffer | undefined {
  const descriptor = openSync(file, 'r')
  try {
    const stat = fstatSync(descriptor)
    if (stat.isDirectory()) throw new Error('it is a directory')
    if (stat.size > most) return undefined
    const pieces: Buffer[] = []
    for (let read = 0; ; ) {
      // One octet more is asked for, to see whether the file is too large. `stat.size` of a pipe is
      // 0.
      const piece = Buffer.allocUnsafe(Math.min(Math.max(stat.size - read, PIECE), most - read) + 1)
      const got = readSync(descriptor, piece)
      if (got === 0) return Buffer.concat(pieces)
      pieces.push(piece.subarray(0, got))
      read += got
      if (read > most) return undefined
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Octets to read at once from a file of unknown size. */
const PIECE = 65_536

/**
 * Reads a file that the user named as UTF-8 text.
 * @throws UsageError when the file cannot be read, is a directory, or is too large.
 */
export function readNamedText(file: string, options: Omit<NamedFileOptions, 'most'>): string {
  return readNamedFile(file, { ...options, most: MOST_TEXT }).toString('utf8')
}

/** The largest text file in octets: it fits into one string of Node. */
const MOST_TEXT = 256 * 1024 * 1024
