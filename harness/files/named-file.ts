import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { messageOf, UsageError } from '../errors/errors.ts'

/** How a file that the user named is read. */
export interface NamedFileOptions {
  /** Octets; a larger one is refused. */
  readonly most: number
  /** What to call it in messages; its path unless given. */
  readonly name?: string
  /** What the user can do where it cannot be read. */
  readonly remedy: string
  /** The same where it is too large; `remedy` unless given. */
  readonly whenLarger?: string
}

/**
 * The whole of a file that the user named, which may be a pipe. What has no end is too large.
 * @throws UsageError when it cannot be read, is a directory, or is too large.
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

/** Undefined where there is more. */
function readUpTo(file: string, most: number): Buffer | undefined {
  const descriptor = openSync(file, 'r')
  try {
    const stat = fstatSync(descriptor)
    if (stat.isDirectory()) throw new Error('it is a directory')
    if (stat.size > most) return undefined
    const pieces: Buffer[] = []
    for (let read = 0; ; ) {
      // One octet more than it may have shows that it has more. What is no regular file has size 0.
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

/** Octets read at once where nothing says how many there are. */
const PIECE = 65_536

/**
 * The same as text.
 * @throws UsageError as readNamedFile.
 */
export function readNamedText(file: string, options: Omit<NamedFileOptions, 'most'>): string {
  return readNamedFile(file, { ...options, most: MOST_TEXT }).toString('utf8')
}

/** Octets; less than the longest string there can be. */
const MOST_TEXT = 256 * 1024 * 1024
