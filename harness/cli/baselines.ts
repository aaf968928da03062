import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EnvironmentError, messageOf, UsageError } from '../errors/errors.ts'
import { packageRoot } from '../implementations/package-root.ts'
import {
  type Baseline,
  formatBaseline,
  readBaseline,
  unexplainedIn,
  type Vocabulary,
} from '../runner/baseline.ts'
import { editBaseline } from '../runner/edit-baseline.ts'
import type { JobOutcome } from '../runner/ledger.ts'
import { countUnstable, unstableInWords } from '../runner/stability.ts'
import { updatedBaseline } from '../runner/update-baseline.ts'
import type { RunRequest } from './run-request.ts'
import { VOCABULARY } from './vocabulary.ts'

/** The path of a baseline, and what it holds. */
export interface BaselineFile {
  readonly path: string
  /** Undefined when there is no baseline, or `--no-baseline` was given. */
  readonly content: Baseline | undefined
}

/**
 * Reads the baseline that a run of `implementation` is compared with.
 * @throws UsageError when the baseline is not valid, belongs to another implementation, or was
 * named and does not exist.
 */
export function findBaseline(
  implementation: string,
  { baseline, updateBaseline }: Pick<RunRequest, 'baseline' | 'updateBaseline'>,
  cwd: string,
): BaselineFile {
  const path =
    typeof baseline === 'string'
      ? resolve(cwd, baseline)
      : join(packageRoot(), 'results', 'baselines', `${implementation}.yaml`)
  if (baseline === false) return { path, content: undefined }
  const content = readBaseline(path, VOCABULARY)
  if (content === undefined && typeof baseline === 'string' && !updateBaseline)
    throw new UsageError(
      `there is no ${path}`,
      'Write this baseline with --update-baseline, or expect pass with --no-baseline',
    )
  if (content !== undefined && content.implementation !== implementation)
    throw new UsageError(
      `${path} is the baseline of ${content.implementation}, not of ${implementation}`,
      'Name the file that belongs to the implementation with --baseline',
    )
  return { path, content }
}

/**
 * Writes what was seen as the new baseline.
 * @returns lines for the user.
 * @throws EnvironmentError when the file cannot be written.
 */
export function writeBaseline(
  implementation: string,
  file: BaselineFile,
  outcome: JobOutcome,
  vocabulary: Vocabulary,
): readonly string[] {
  const next = updatedBaseline(implementation, file.content, outcome, vocabulary)
  try {
    mkdirSync(dirname(file.path), { recursive: true })
    const old = file.content && readFileSync(file.path, 'utf8')
    writeFileSync(file.path, old === undefined ? formatBaseline(next) : editBaseline(old, next))
  } catch (error) {
    throw new EnvironmentError(
      `cannot write ${file.path}: ${messageOf(error)}`,
      'Name a file that can be written with --baseline',
      { cause: error },
    )
  }
  const unexplained = unexplainedIn(next)
  const { unstable } = outcome
  return [
    `wrote ${file.path}: ${next.causes.length} causes${
      unexplained === 0 ? '' : `, ${unexplained} of them without a name or reason yet`
    }`,
    ...(countUnstable(unstable) === 0
      ? []
      : [`left out, because it was not the same in every round: ${unstableInWords(unstable)}`]),
  ]
}
