import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import { packageRoot } from '../implementations/package-root.ts'

/** The seams at which a fault can be (harness/reference/seams.ts). */
export const SEAM_NAMES = ['arc', 'setting', 'reading', 'writing', 'policy'] as const
export type SeamName = (typeof SEAM_NAMES)[number]

/** What the user wants `pptpspec new` to write. */
export interface ScaffoldRequest {
  /** As the user wrote it: `echo/pipelined`, `my-server`, `./my-server`. */
  readonly name: string
  readonly role?: 'recipient' | 'originator' | 'both' | undefined
  /** Id of the requirement that the scenario or monitor is to decide, or the fault to break. */
  readonly requirement?: string | undefined
  /** The seam of the fault; `writing` unless given. */
  readonly seam?: SeamName | undefined
}

/** Where `pptpspec new` reads and writes files. */
export interface WorkingPlace {
  /** The user's working directory: paths that the user gives are relative to it. */
  readonly cwd: string
  /** The checkout of pptpspec that `cwd` is in: absolute; undefined where it is in none. */
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

/** The files to write, and what to print afterwards. */
export interface Scaffold {
  /** Files or folders that must not exist yet: absolute paths. */
  readonly absent: readonly string[]
  readonly files: readonly ScaffoldFile[]
  /** Lines that tell the user what to do next: five at most. */
  readonly next: readonly string[]
}

/**
 * Returns the working place of a user whose working directory is `cwd`. Its checkout is the one
 * that `cwd` is in, even where the program itself runs from another checkout.
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
 * Returns the checkout to write to.
 * @param otherwise the remedy to show where there is none.
 * @throws UsageError when the working directory is in no checkout.
 */
export function requireCheckout(
  { checkout, cwd }: WorkingPlace,
  otherwise = 'Clone the repository of pptpspec, and run this command there',
): string {
  if (checkout !== undefined) return checkout
  throw new UsageError(`${cwd} is not in a checkout of pptpspec: there is no suites/ to write to`, otherwise)
}

/** Reads a file of a checkout as text. @throws UsageError when it cannot be read. */
export function readSource(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read ${path}`, 'Restore that file of the checkout', { cause })
  }
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Whether a name is lower-case words joined by hyphens, as in `no-start-reply`. */
export function isKebab(name: string): boolean {
  return KEBAB.test(name)
}
