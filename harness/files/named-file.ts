import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, dirname } from 'node:path'
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
  const descriptor = openNamed(file, constants.O_RDONLY)
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

/** What takes the place of octets that are not UTF-8 in the text of a name. */
const REPLACEMENT = '\ufffd'
const SLASH = Buffer.from('/')

/**
 * Opens a file that the user named. Finds it also if its name is not UTF-8: such a name comes to
 * Node with other characters in place of the wrong octets.
 * @param flags those of open(2).
 * @throws the error of the system.
 */
export function openNamed(path: string, flags: number): number {
  return openSync(path.includes(REPLACEMENT) ? namedOctets(path) : path, flags)
}

/** Returns the path whose text is `path`, by the directories' own octets. */
function namedOctets(path: string): Buffer {
  const parent = dirname(path)
  if (!path.includes(REPLACEMENT) || parent === path || existsSync(path)) return Buffer.from(path)
  const above = namedOctets(parent)
  const name = basename(path)
  const [found, another] = readdirSync(above, { encoding: 'buffer' }).filter(
    (entry) => entry.toString('utf8') === name,
  )
  if (another !== undefined)
    throw new Error(`several files have this name, which is not UTF-8, so rename the one that you mean`)
  return Buffer.concat([above, SLASH, found ?? Buffer.from(name)])
}
