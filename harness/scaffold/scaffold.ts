import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import { packageRoot } from '../implementations/package-root.ts'

/** The seams at which a fault can be (harness/reference/seams.ts). */
export const SEAM_NAMES = ['arc', 'setting', 'reading', 'writing', 'policy'] as const
export type SeamName = (typeof SEAM_NAMES)[number]

/** What is to be written anew. */
export interface ScaffoldRequest {
  /** As the user wrote it: `echo/pipelined`, `my-server`, `./my-server`. */
  readonly name: string
  readonly role?: 'recipient' | 'originator' | 'both' | undefined
  /** The id of a requirement that it is to decide. */
  readonly requirement?: string | undefined
  /** Where a fault is to be; `writing` unless given. */
  readonly seam?: SeamName | undefined
}

/** Where it is to be written. */
export interface WorkingPlace {
  /** Where the user stands: paths that the user gives are relative to this. */
  readonly cwd: string
  /** The checkout of this package in which the user stands: absolute; undefined outside of one. */
  readonly checkout: string | undefined
  /** The folder `examples/`: absolute. */
  readonly examples: string
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
 * The place for a user who stands in `cwd`. Nothing is written into any other checkout than the one
 * there: the program's own files may lie in another one.
 */
export function placeAt(cwd: string): WorkingPlace {
  const checkout = checkoutAbove(cwd)
  return { cwd, checkout, examples: join(checkout ?? packageRoot(), 'examples') }
}

function checkoutAbove(cwd: string): string | undefined {
  try {
    const root = packageRoot(pathToFileURL(join(cwd, 'here')).href)
    // An installed package has no sources.
    return existsSync(join(root, 'suites', 'catalogue.ts')) ? root : undefined
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined
    throw error
  }
}

/**
 * The checkout to write to.
 * @param otherwise what the user can do where there is none.
 * @throws UsageError when the user stands in none.
 */
export function requireCheckout(
  { checkout, cwd }: WorkingPlace,
  otherwise = 'Clone the repository of pptpspec, and do this there',
): string {
  if (checkout !== undefined) return checkout
  throw new UsageError(`${cwd} is not in a checkout of pptpspec: there is no suites/ to write to`, otherwise)
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
