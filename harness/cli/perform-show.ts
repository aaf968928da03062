import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../errors/errors.ts'
import { nearestNames } from '../errors/nearest.ts'
import { readNamedText } from '../files/named-file.ts'
import { caseHeading } from '../report/case-text.ts'
import { readEvents } from '../report/events.ts'
import { type RunTally, type ScenarioFinished, tallyOf } from '../report/tally.ts'
import { caseMatcher, namesLike } from '../runner/globs.ts'
import { EVENTS_FILE } from '../runner/result-files.ts'
import { traceFromJson } from '../trace/json.ts'
import { ladder } from '../trace/ladder.ts'
import { readTrace } from '../trace/messages.ts'
import { harmless } from './failure.ts'
import { type ColourChoice, columnsOf, type ExitCode, type Io, wantsColour } from './io.ts'
import { latestResults, shortPath } from './results.ts'

/** What `pptpspec show` was asked for. */
export interface ShowRequest {
  /** A trace, a results directory, or a scenario of the latest results. */
  readonly what: string
  readonly scenario: string | undefined
  readonly implementation: string | undefined
  readonly fields: boolean
  readonly log: boolean
  readonly width: number | undefined
  readonly colour: ColourChoice
}

/**
 * Prints ladders.
 * @throws UsageError when what was asked for is not there.
 */
export function performShow(request: ShowRequest, io: Io): ExitCode {
  const path = resolve(io.cwd, request.what)
  const kind = !existsSync(path) ? 'absent' : statSync(path).isDirectory() ? 'directory' : 'file'
  if (kind === 'file') {
    if (request.scenario !== undefined)
      throw new UsageError(`${request.what} is a file and holds one scenario only`, 'Leave the scenario out')
    io.stdout.write(drawn(readText(path), path, request, io))
    return 0
  }
  // `show start/accepted` where such a directory exists by accident still means the directory.
  const directory = kind === 'directory' ? path : latestResults(io.cwd)
  const wanted = kind === 'directory' ? request.scenario : request.what
  if (kind === 'absent' && request.scenario !== undefined)
    throw new UsageError(`there is no ${request.what}`, 'Name a results directory before the scenario')
  if (kind === 'absent' && !existsSync(directory))
    throw new UsageError(
      `there is no file ${request.what}, and no ${shortPath(directory, io.cwd)} to look up a scenario in`,
      'Name a trace or a results directory, or play something first: pptpspec run',
    )
  const run = tallyOf(readEvents(join(directory, EVENTS_FILE)))
  for (const one of finished(run, directory, wanted, request, io)) {
    const titles = run.implementations.find(({ name }) => name === one.implementation)?.titles ?? new Map()
    io.stdout.write(shown(one, caseHeading(one, titles), directory, request, io))
  }
  return 0
}

function finished(
  { implementations }: RunTally,
  directory: string,
  wanted: string | undefined,
  request: ShowRequest,
  io: Io,
): readonly ScenarioFinished[] {
  const where = shortPath(directory, io.cwd)
  const all = implementations.flatMap(({ results }) => results)
  const known = [...new Set(all.map(({ result }) => result.scenario))]
  if (wanted === undefined)
    throw new UsageError(
      `${where} holds ${known.length} cases`,
      `Say which: ${known.slice(0, 3).join(', ')}${known.length > 3 ? ', ...' : ''}; a glob such as 'echo/*' shows several`,
    )
  const matches = caseMatcher(wanted)
  const found = all.filter(
    ({ result: { scenario }, implementation }) =>
      (request.implementation === undefined || implementation === request.implementation) &&
      matches(scenario),
  )
  if (found.length > 0) return found
  const nearest = nearestNames(wanted, namesLike(wanted, known))
  throw new UsageError(
    `${where} holds no result of ${wanted}${request.implementation === undefined ? '' : ` of ${request.implementation}`}`,
    nearest.length > 0
      ? `did you mean ${nearest.join(' or ')}?`
      : 'pptpspec list scenarios shows all that can be played',
  )
}

/** One scenario: what it came to, its ladder, and its log. */
function shown(
  one: ScenarioFinished,
  head: readonly string[],
  directory: string,
  request: ShowRequest,
  io: Io,
): string {
  const { files } = one
  if (files === undefined) return `${head.join('\n')}\nnot played: there is no trace\n\n`
  const trace = join(directory, files.trace)
  const body = drawn(readText(trace), trace, request, io, one)
  const log = !request.log
    ? ''
    : files.log === undefined
      ? 'log: nothing\n'
      : `log:\n${logOf(join(directory, files.log))}`
  const capture = `capture: ${shortPath(join(directory, files.pcapng), io.cwd)}\n`
  return `${head.join('\n')}\n${capture}${body}${log}\n`
}

function drawn(text: string, source: string, request: ShowRequest, io: Io, one?: ScenarioFinished): string {
  return ladder(readTrace(traceFromJson(text, source)), {
    width: request.width ?? columnsOf(io.stdout),
    colour: wantsColour(request.colour, io.stdout, io.env),
    detail: request.fields ? 'detailed' : 'brief',
    findings: [...(one?.result.findings ?? []), ...(one?.watched ?? [])],
  })
}

function logOf(file: string): string {
  return readText(file)
    .trimEnd()
    .split('\n')
    .map((line) => `  ${harmless(line)}\n`)
    .join('')
}

function readText(file: string): string {
  return readNamedText(file, { remedy: 'Name a trace that pptpspec wrote' })
}
