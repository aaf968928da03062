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
 * Below the current directory: where runs go that were not told where to go, and the link to the
 * latest of them.
 */
const RESULTS = 'results'
const RUNS = join(RESULTS, 'runs')
const LATEST = join(RESULTS, 'latest')
/** Octets; the durations of 1,000 cases take some 60,000. */
const MOST_DURATIONS = 16 * 1024 * 1024

/**
 * Opens the directory that a run writes to. Without `output` it is named by the time, and
 * results/latest leads to it.
 * @throws EnvironmentError when it cannot be written.
 */
export function openResults(output: string | undefined, { cwd }: Pick<Io, 'cwd'>): Store {
  if (output !== undefined) return openStore(resolve(cwd, output))
  const store = openStore(freshDirectory(resolve(cwd, RUNS)))
  const link = latestResults(cwd)
  // Only ever replaces what an earlier run put there.
  if (!isThere(link) || lstatSync(link).isSymbolicLink()) markLatest(store.directory, link)
  return store
}

/** How long cases took in earlier runs, and what puts down how long they took in this one. */
export interface KeptDurations extends Durations {
  /**
   * Writes them for the next run. Never throws: without them only the order of cases is lost.
   */
  save(): void
}

/**
 * What earlier runs with the same `output` kept; nothing where they kept nothing, or nothing that
 * can be read.
 */
export function openDurations(output: string | undefined, { cwd, stderr }: Io): KeptDurations {
  const file = resolve(cwd, output ?? RESULTS, DURATIONS_FILE)
  const tell = (text: string) => stderr.write(`${harmless(text)}\n`)
  const earlier = (): Durations | undefined => {
    if (!isThere(file)) return undefined
    try {
      const text = readNamedFile(file, { most: MOST_DURATIONS, remedy: 'Remove it' }).toString('utf8')
      const durations = readDurations(text, VOCABULARY.cases)
      if (durations === undefined) tell(`${shortPath(file, cwd)} is no file of durations: made anew`)
      return durations
    } catch (error) {
      tell(`${messageOf(error)}: made anew`)
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
        tell(`how long cases took cannot be kept: ${messageOf(error)}`)
      }
    },
  }
}

/** Where the results of the latest run are found. */
export function latestResults(cwd: string): string {
  return resolve(cwd, LATEST)
}

/** A path as it is best shown: relative where it lies below the current directory. */
export function shortPath(path: string, cwd: string): string {
  const near = relative(cwd, path)
  return near === '' ? '.' : near.startsWith('..') ? path : near
}

/** Two runs may begin in the same second. */
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
