import { existsSync, lstatSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { markLatest, openStore, type Store } from '../runner/store.ts'
import type { Io } from './io.ts'

/** Below the current directory: where runs go that were not told where to go, and the link to the latest of them. */
const RUNS = join('results', 'runs')
const LATEST = join('results', 'latest')

/**
 * Opens the directory that a run writes to. Without `output` it is named by the time, and results/latest leads to it.
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
