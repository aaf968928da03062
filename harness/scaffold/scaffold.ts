import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors/errors.ts'

/** What is to be written anew. */
export interface ScaffoldRequest {
  /** As the user wrote it: `echo/pipelined`, `my-server`, `./my-server`. */
  readonly name: string
  readonly role?: 'recipient' | 'originator' | 'both' | undefined
  /** The id of a requirement that it is to decide. */
  readonly requirement?: string | undefined
}

/** Where it is to be written. */
export interface Place {
  /** The folder of this package: a checkout of its repository, or where it is installed. */
  readonly root: string
  /** Paths that the user gives are relative to this. */
  readonly cwd: string
}

/** A file with its text. */
export interface ScaffoldFile {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

/** What comes of a request. */
export interface Scaffold {
  /** Files or folders that must not be there yet: absolute paths. */
  readonly absent: readonly string[]
  readonly files: readonly ScaffoldFile[]
  /** What to do next: four lines at most. */
  readonly next: readonly string[]
}

/**
 * The folder `suites/` of a checkout.
 * @param otherwise what the user can do where there is none.
 * @throws UsageError in an installed package: it has no sources.
 */
export function suitesFolder(
  { root }: Place,
  otherwise = 'Clone the repository of pptpspec, and do this there',
): string {
  const folder = join(root, 'suites')
  if (existsSync(join(folder, 'catalogue.ts'))) return folder
  throw new UsageError(`${root} is an installed package, not a checkout with suites/ to write to`, otherwise)
}

/** Reads a file of a checkout. @throws UsageError when it is not there. */
export function readSource(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read ${path}`, 'Restore that file of the checkout', { cause })
  }
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Whether a name is what files and ids of suites are called: `no-start-reply`. */
export function isKebab(name: string): boolean {
  return KEBAB.test(name)
}
