import { readFileSync, type Stats, statSync } from 'node:fs'
import { UsageError } from '../errors/errors.ts'

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
 * The whole of a file that the user named. A device, a pipe or a directory is refused: it may have no end, or none to be seen beforehand.
 * @throws UsageError when it cannot be read, is no regular file, or is too large.
 */
export function readNamedFile(file: string, options: NamedFileOptions): Buffer {
  const { most, name = file, remedy, whenLarger = remedy } = options
  const refusal = (why: string, cause?: unknown) =>
    new UsageError(`cannot read ${name}: ${why}`, remedy, { cause })
  const attempt = <T>(read: () => T): T => {
    try {
      return read()
    } catch (error) {
      throw refusal(error instanceof Error ? error.message : String(error), error)
    }
  }
  const stat: Stats = attempt(() => statSync(file))
  if (stat.isDirectory()) throw refusal('it is a directory')
  if (!stat.isFile()) throw refusal('it is no regular file')
  if (stat.size > most)
    throw new UsageError(`${name} has ${stat.size} octets: it is larger than ${most} octets`, whenLarger)
  return attempt(() => readFileSync(file))
}

/**
 * The same as text.
 * @throws UsageError as readNamedFile.
 */
export function readNamedText(file: string, options: Omit<NamedFileOptions, 'most'>): string {
  return readNamedFile(file, { ...options, most: MOST_TEXT }).toString('utf8')
}

/** Octets; less than the longest string there can be. */
const MOST_TEXT = 256 * 1024 * 1024
