import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { removeEarlierRun } from './earlier-run.ts'
import type { RunEvent } from './events.ts'
import { EVENTS_FILE } from './result-files.ts'

/** A run event without its time. */
type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never
export type NewRunEvent = WithoutTime<RunEvent>

/** The results directory of a run. Events are on disk before any reporter gets them. */
export interface Store {
  readonly directory: string
  /** Appends an event, with the current time, to events.ndjson. */
  append(event: NewRunEvent): RunEvent
  /**
   * Writes one file; an existing one is replaced as a whole. `name` is relative to the directory.
   * @returns the file's size in octets.
   */
  write(name: string, content: string | Uint8Array): number
  /** Appends text to a file in gzip's format. @returns its compressed size in octets. */
  archive(name: string, text: string): number
  close(): void
}

/**
 * Removes the results of an earlier run from a results directory, so that they are not mistaken for
 * those of a run that fails early.
 * @throws EnvironmentError when a file cannot be removed.
 */
export function clearResults(directory: string): void {
  if (!existsSync(join(directory, EVENTS_FILE))) return
  try {
    removeEarlierRun(directory)
  } catch (error) {
    throw unwritable(directory, error)
  }
}

function unwritable(directory: string, error: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write results to ${directory}: ${messageOf(error)}`,
    'name an empty or earlier results directory with --output',
    { cause: error },
  )
}

/**
 * Opens a directory for a run's results. Those of an earlier run are removed, so that they are not
 * mistaken for those of a run that is killed.
 * @throws EnvironmentError when the directory cannot be written.
 */
export function openStore(directory: string): Store {
  let descriptor: number
  try {
    mkdirSync(directory, { recursive: true })
    if (readdirSync(directory).length > 0 && !readdirSync(directory).includes(EVENTS_FILE))
      throw new Error('it holds files that are not results')
    removeEarlierRun(directory)
    descriptor = openSync(join(directory, EVENTS_FILE), 'a')
  } catch (error) {
    throw unwritable(directory, error)
  }
  const made = new Set<string>()
  const archives = new Map<string, number>()

  /** The path of a file whose folder exists. */
  function fileFor(name: string): string {
    const file = join(directory, name)
    const folder = dirname(file)
    if (!made.has(folder)) {
      mkdirSync(folder, { recursive: true })
      made.add(folder)
    }
    return file
  }

  return {
    directory,
    append(event) {
      const timed = { at: Date.now(), ...event } as RunEvent
      writeSync(descriptor, `${JSON.stringify(timed)}\n`)
      return timed
    },
    write(name, content) {
      const file = fileFor(name)
      const octets = typeof content === 'string' ? Buffer.from(content) : content
      // A reader, or the next start after a kill, finds the old file or the new one, never half of
      // it.
      writeFileSync(`${file}.part`, octets)
      renameSync(`${file}.part`, file)
      return octets.length
    },
    archive(name, text) {
      let archive = archives.get(name)
      if (archive === undefined) {
        archive = openSync(fileFor(name), 'a')
        archives.set(name, archive)
      }
      // The fastest level: traces are so repetitive that higher levels save little.
      const packed = gzipSync(text, { level: 1 })
      writeSync(archive, packed)
      return packed.length
    },
    close() {
      for (const one of [descriptor, ...archives.values()]) closeSync(one)
    },
  }
}

/** Makes the symbolic link `link` point to a run's directory. */
export function markLatest(directory: string, link: string): void {
  const temporary = `${link}.new`
  rmSync(temporary, { force: true, recursive: true })
  symlinkSync(relative(dirname(link), directory), temporary)
  rmSync(link, { force: true, recursive: true })
  renameSync(temporary, link)
}

/** A case's file name without its extension: readable, and safe on any file system. */
export function caseFile(implementation: string, caseId: string): string {
  return join(implementationFolder(implementation), safe(caseId.replace('#', '.')))
}

/** The name of an implementation's folder in a results directory. */
export function implementationFolder(implementation: string): string {
  return safe(implementation).replaceAll('/', '_')
}

function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9._=,@/-]/g, '_')
}
