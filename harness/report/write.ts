import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import type { RunEvent } from '../runner/events.ts'
import { REPORT_FILES } from '../runner/result-files.ts'
import { junitXml } from './junit.ts'
import { resultsJson } from './results.ts'
import { summaryMarkdown } from './summary.ts'
import { tallyOf } from './tally.ts'

/**
 * Writes every report of a run; what was there before is replaced.
 * @throws EnvironmentError when the directory cannot be written.
 */
export function writeReports(events: Iterable<RunEvent>, directory: string): void {
  const run = tallyOf(events)
  const reports: readonly (readonly [string, string])[] = [
    [REPORT_FILES.junit, junitXml(run)],
    [REPORT_FILES.summary, summaryMarkdown(run)],
    [REPORT_FILES.results, resultsJson(run)],
  ]
  try {
    mkdirSync(directory, { recursive: true })
    for (const [name, content] of reports) {
      // A reader finds the old report or the new one, never half of it.
      const temporary = join(directory, `${name}.part`)
      writeFileSync(temporary, content)
      renameSync(temporary, join(directory, name))
    }
  } catch (error) {
    throw new EnvironmentError(
      `cannot write reports to ${directory}: ${messageOf(error)}`,
      'Name a directory that can be written with --output',
      { cause: error },
    )
  }
}
