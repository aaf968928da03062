import { join, resolve } from 'node:path'
import { UsageError } from '../errors/errors.ts'
import { createConsoleReporter } from '../report/console.ts'
import { readEvents } from '../report/events.ts'
import { writeReports } from '../report/write.ts'
import type { RunEvent } from '../runner/events.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { type ColourChoice, columnsOf, type ExitCode, type Io, wantsColour } from './io.ts'
import { shortPath } from './results.ts'

/** The arguments of `pptpspec report`. */
export interface ReportRequest {
  readonly directory: string
  readonly verbose: boolean
  readonly colour: ColourChoice
}

/**
 * Writes the reports of a run again from its events. A run that was killed is reported as far as it
 * came.
 * @throws UsageError when there are no events.
 */
export function performReport(request: ReportRequest, io: Io): ExitCode {
  const directory = resolve(io.cwd, request.directory)
  const stored = readEvents(join(directory, EVENTS_FILE))
  const last = stored.at(-1)
  if (last === undefined)
    throw new UsageError(
      `${join(directory, EVENTS_FILE)} holds no event`,
      'Name the results directory of a run',
    )
  const end = stored.find((event) => event.kind === 'run-finished')
  const events: readonly RunEvent[] = end === undefined ? [...stored, unfinished(last.at)] : stored

  writeReports(events, directory)
  let speaks = request.verbose
  const reporter = createConsoleReporter({
    write: (text) => {
      if (speaks) io.stdout.write(text)
    },
    isTty: false,
    columns: columnsOf(io.stdout),
    colour: wantsColour(request.colour, io.stdout, io.env),
    verbose: request.verbose,
    output: shortPath(directory, io.cwd),
  })
  for (const event of events) {
    // Without --verbose only the summary, which the last event causes, is printed.
    speaks ||= event.kind === 'run-finished'
    reporter.handle(event)
  }
  return end?.exitCode ?? 3
}

function unfinished(at: number): RunEvent {
  return {
    at,
    kind: 'run-finished',
    exitCode: 3,
    reasons: ['the run never finished: it was killed, or is still going on'],
    interrupted: 'killed',
  }
}
