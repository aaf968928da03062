import { existsSync, lstatSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { messageOf } from '../errors/errors.ts'
import { readNamedFile } from '../files/named-file.ts'
import { createDurations, type Durations, readDurations } from '../runner/durations.ts'
import { DURATIONS_FILE } from '../runner/result-files.ts'
import { markLatest, openStore, type Store } from '../runner/store.ts'
import { harmless } from './failure.ts'
import type { Io } from './io.ts'
import { VOCABULARY } from './vocabulary.ts'

/**
 * Paths below the current directory: for the results of runs without --output, and for the link to
 * the latest of these.
 */
const RESULTS = 'results'
const RUNS = join(RESULTS, 'runs')
const LATEST = join(RESULTS, 'latest')
/** Octets of the largest file of durations that is read; 1,000 cases take some 60,000. */
const MOST_DURATIONS = 16 * 1024 * 1024

/**
 * Opens the directory that a run writes to. Without `output` the directory is named by the time,
 * and the link results/latest leads to it.
 * @throws EnvironmentError when the directory cannot be written.
 */
export function openResults(output: string | undefined, { cwd }: Pick<Io, 'cwd'>): Store {
  if (output !== undefined) return openStore(resolve(cwd, output))
  const store = openStore(freshDirectory(resolve(cwd, RUNS)))
  const link = latestResults(cwd)
  // Replaces only a link, which an earlier run made, and no file or directory of the user.
  if (!isThere(link) || lstatSync(link).isSymbolicLink()) markLatest(store.directory, link)
  return store
}

/** The durations of cases in earlier runs, to which those of this run are added. */
export interface KeptDurations extends Durations {
  /**
   * Writes the durations for the next run. Never throws: without them cases are only played in
   * another order.
   */
  save(): void
}

/**
 * Reads the durations that earlier runs with the same `output` kept; there are none if that file is
 * missing or damaged.
 */
export function openDurations(output: string | undefined, { cwd, stderr }: Io): KeptDurations {
  const file = resolve(cwd, output ?? RESULTS, DURATIONS_FILE)
  const tell = (text: string) => stderr.write(`${harmless(text)}\n`)
  const earlier = (): Durations | undefined => {
    if (!isThere(file)) return undefined
    try {
      const text = readNamedFile(file, { most: MOST_DURATIONS, remedy: 'Remove it' }).toString('utf8')
      const durations = readDurations(text, VOCABULARY.cases)
      if (durations === undefined) tell(`${shortPath(file, cwd)} is not a file of durations, and is replaced`)
      return durations
    } catch (error) {
      tell(`${messageOf(error)}; the file is replaced`)
      return undefined
    }
  }
  const kept = earlier() ?? createDurations()
  return {
    ...kept,
    save() {
      try {
        writeFileSync(`${file}.part`, kept.text())
        renameSync(`${file}.part`, file)
      } catch (error) {
        tell(`the durations of cases cannot be kept for later runs: ${messageOf(error)}`)
      }
    },
  }
}

/** Returns the path at which the results of the latest run are found. */
export function latestResults(cwd: string): string {
  return resolve(cwd, LATEST)
}

/** Returns a path for the user: relative if it is below the current directory. */
export function shortPath(path: string, cwd: string): string {
  const near = relative(cwd, path)
  return near === '' ? '.' : near.startsWith('..') ? path : near
}

/** Returns a new path named by the time; two runs may begin in the same second. */
function freshDirectory(runs: string): string {
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  for (let attempt = 1; ; attempt++) {
    const directory = join(runs, attempt === 1 ? time : `${time}.${attempt}`)
    if (!existsSync(directory)) return directory
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
