import { createLogUpdate } from 'log-update'
import picocolors from 'picocolors'
import { printable } from '../protocol/octets.ts'
import type { RunEvent } from '../runner/events.ts'
import { VERDICTS, type Verdict } from '../scenario/verdict.ts'
import { causeLines, detailOf, stateHeading } from './cause-lines.ts'
import { type CauseRow, causesIn } from './causes.ts'
import { counted } from './columns.ts'
import { matrixLines } from './matrix.ts'
import { type Colours, clip, label } from './paint.ts'
import type { Reporter } from './reporter.ts'
import {
  createTally,
  type Diagnosed,
  deviationsOf,
  fileIn,
  frameOf,
  type ImplementationStarted,
  type ImplementationTally,
  isQuiet,
  type RunStarted,
  type RunTally,
  type ScenarioFinished,
  type Tally,
} from './tally.ts'
import { comparisonInWords, duration, overall } from './words.ts'

export interface ConsoleOptions {
  /** Writes text, which includes its line breaks. */
  readonly write: (text: string) => void
  /** Whether a status line can be rewritten in place. */
  readonly isTty: boolean
  readonly columns: number
  readonly colour: boolean
  /** Prints a line for each case, and at the end each cause in full. */
  readonly verbose: boolean
  /** The results directory. It is put before the names of files, so that a reader can open them. */
  readonly output?: string
}

/**
 * ms between two updates of the status line: hundreds of scenarios a second must not cause as many
 * redraws.
 */
const REDRAW = 80
/**
 * ms between two lines of progress if lines cannot be rewritten; longer after the first minute.
 */
const PROGRESS = { first: 10_000, later: 30_000, minute: 60_000 } as const

/** The state of the reporter. */
interface ConsoleState {
  readonly options: ConsoleOptions
  readonly colours: Colours
  readonly tally: Tally
  /** Cases in play, by implementation and lane. */
  readonly lanes: Map<string, string>
  /** The lines that are rewritten in place. */
  readonly status: LogUpdate
  /** The requirements and causes that were reported: each is reported once during the run. */
  readonly told: Set<string>
  /** Times in ms: when the run began, the status was updated, and progress was printed last. */
  startedAt: number
  drawn: number
  progressed: number
}

/**
 * Creates a reporter for people. On a terminal it shows a status line with a line per lane below
 * it, otherwise a line of progress every few seconds. It prints diagnoses, errors, and the first
 * case of each unexpected kind at once, and ends with a summary: a line per cause, the worst first.
 */
export function createConsoleReporter(options: ConsoleOptions): Required<Omit<Reporter, 'end'>> {
  const { write, columns } = options
  const state: ConsoleState = {
    options,
    colours: picocolors.createColors(options.colour),
    tally: createTally(),
    lanes: new Map(),
    status: createLogUpdate(
      // The parts of a stream that log-update uses.
      { write, columns, rows: 50 } as unknown as NodeJS.WriteStream,
      { showCursor: true },
    ),
    told: new Set(),
    startedAt: 0,
    drawn: Number.NEGATIVE_INFINITY,
    progressed: 0,
  }
  return { handle: (event) => handle(state, event), tick: (now) => draw(state, now) }
}

type LogUpdate = ReturnType<typeof createLogUpdate>

function handle(state: ConsoleState, event: RunEvent): void {
  const { tally, lanes, colours, options } = state
  tally.add(event)
  switch (event.kind) {
    case 'run-started':
      state.startedAt = event.at
      state.progressed = event.at
      say(state, [colours.dim(runHeading(event))])
      break
    case 'notice':
      say(state, [`  ${printable(event.text, 500)}`])
      break
    case 'diagnosis':
      say(state, [colours.red(`✗ ${printable(event.implementation)} ${printable(event.text, 500)}`)])
      break
    case 'implementation-started':
      say(state, implementationHeading(event, colours))
      break
    case 'scenario-started':
      lanes.set(
        `${event.implementation} ${event.lane}`,
        `  ${printable(event.implementation)} lane ${event.lane}: ${printable(event.scenario)}`,
      )
      break
    case 'scenario-finished':
      lanes.delete(`${event.implementation} ${event.lane}`)
      if (!options.verbose) sayNew(state, event)
      else if (isQuiet(event)) say(state, [lineOf(event, colours)])
      else say(state, describeResult(event, tally.current(), colours, options.output))
      break
    case 'implementation-finished':
      for (const key of [...lanes.keys()]) if (key.startsWith(`${event.implementation} `)) lanes.delete(key)
      break
    case 'run-finished':
      say(state, summary(tally.current(), colours, options, event.at - state.startedAt))
      return
  }
  draw(state, event.at)
}

function draw(state: ConsoleState, now: number): void {
  const { options, tally, lanes, status } = state
  if (!options.isTty) {
    progress(state, now)
    return
  }
  if (now - state.drawn < REDRAW) return
  state.drawn = now
  const lines = [
    ...statusLines(tally.current(), now - state.startedAt),
    ...[...lanes].map(([, text]) => text),
  ]
  status(lines.map((line) => clip(line, options.columns - 1)).join('\n'))
}

/** Writes a line with the cases in play every few seconds, for logs, which cannot be rewritten. */
function progress(state: ConsoleState, now: number): void {
  const { options, tally, lanes, colours } = state
  const wait = now - state.startedAt < PROGRESS.minute ? PROGRESS.first : PROGRESS.later
  if (options.verbose || now - state.progressed < wait) return
  state.progressed = now
  const playing = [...lanes.values()].map((text) => text.replace(/^.*: /, '')).slice(0, 4)
  for (const line of statusLines(tally.current(), now - state.startedAt))
    say(state, [colours.dim(`  ${line}${playing.length === 0 ? '' : `; playing ${playing.join(', ')}`}`)])
}

/** Writes lines that stay, above the status lines. */
function say(state: ConsoleState, lines: readonly string[]): void {
  if (lines.length === 0) return
  const { write, isTty } = state.options
  if (isTty) {
    state.status.clear()
    state.drawn = Number.NEGATIVE_INFINITY
  }
  write(`${lines.join('\n')}\n`)
}

/** Reports each kind of unexpected result once during the run; the summary has all of them. */
function sayNew(state: ConsoleState, event: ScenarioFinished): void {
  const { told, colours } = state
  const { comparison, result } = event
  if (result.verdict === 'error') {
    say(state, [lineOf(event, colours)])
    return
  }
  if (comparison.kind !== 'unexpected') return
  const names = [...comparison.fresh, ...comparison.gone.map(({ cause }) => cause)]
  if (names.every((name) => told.has(name))) return
  for (const name of names) told.add(name)
  say(state, [`${lineOf(event, colours)} ${colours.red('not expected')}`])
}

function runHeading(event: RunStarted): string {
  const { harness, node, clock, seed, lanes, repeat } = event
  return `pptpspec ${printable(harness)}, node ${printable(node)}, ${clock} clock, seed ${seed}, ${counted(lanes, 'lane')}${repeat === undefined ? '' : `, ${repeat} times`}${impairedBy(event)}`
}

function implementationHeading(
  { implementation, title, planned, provenance, otherRole, pics }: ImplementationStarted,
  colours: Colours,
): readonly string[] {
  const versions = Object.entries(provenance.versions).map(([name, version]) => `${name} ${version}`)
  const facts = [...versions, provenance.engine, ...((provenance.image ?? '') ? [provenance.image] : [])]
  return [
    `${colours.bold(printable(implementation))}: ${counted(planned.length, 'case')} against ${printable(title)} (${printable(facts.join(', '), 500)})`,
    ...(otherRole === undefined
      ? []
      : [
          `  ${counted(otherRole, 'scenario')} for the other role left out: ${printable(implementation)} is ${roleOf(pics.roles)}`,
        ]),
  ]
}

function roleOf(roles: readonly string[]): string {
  return roles.map((role) => (role === 'originator' ? 'an originator' : 'a recipient')).join(' and ')
}

/** Describes the impairment of GRE. The command line impairs both directions alike. */
function impairedBy({ impairment }: RunStarted): string {
  const rates = Object.entries(impairment?.send ?? {})
  return rates.length === 0 ? '' : `, GRE with ${rates.map(([name, rate]) => `${name} ${rate}`).join(', ')}`
}

function statusLines(run: RunTally, elapsed: number): readonly string[] {
  return run.implementations
    .map((one) => ({ one, planned: (one.started?.planned.length ?? 0) * (run.started?.repeat ?? 1) }))
    .filter(({ one, planned }) => one.results.length < planned)
    .map(({ one, planned }) => {
      const troubles = VERDICTS.filter((verdict) => verdict !== 'pass' && one.counts[verdict] > 0).map(
        (verdict) => `${one.counts[verdict]} ${verdict}`,
      )
      return `${printable(one.name)} ${one.results.length}/${planned}${troubles.length > 0 ? `, ${troubles.join(', ')}` : ''}, ${duration(elapsed)}`
    })
}

/** Formats a diagnosis: why an implementation does not work at all, and what can be done. */
export function diagnosisLines(
  { implementation, text, remedies, log, cases }: Diagnosed,
  colours: Colours,
): readonly string[] {
  return [
    colours.red(`✗ ${printable(implementation)} ${printable(text, 500)}`),
    `    ${counted(cases, 'case')} inconclusive for that reason`,
    ...remedies.map((remedy) => `    ${colours.dim('remedy')}  ${printable(remedy, 500)}`),
    ...(log?.length === 0
      ? [`    ${colours.dim('log')}     the implementation logged nothing`]
      : (log ?? []).map((line) => `    ${colours.dim('log')}     ${printable(line, 300)}`)),
  ]
}

function lineOf(event: ScenarioFinished, colours: Colours): string {
  const { result } = event
  const more = [result.reason, result.impairment].flatMap((text) =>
    text === undefined ? [] : `: ${printable(text)}`,
  )
  const broken = [...new Set(deviationsOf(event).map(({ requirement }) => requirement))]
  return `${label(result.verdict, colours)} ${heading(event)}${broken.map((id) => ` ${printable(id)}`).join(',')}${colours.dim(` ${duration(result.duration)}${more.join('')}`)}`
}

/**
 * Describes a case that did not simply pass, in lines that can be understood alone: verdict, case,
 * requirement, expected, seen, where to look, and what the baseline expects.
 */
function describeResult(
  event: ScenarioFinished,
  run: RunTally,
  colours: Colours,
  output?: string,
): readonly string[] {
  const { result, comparison, files } = event
  const lines: string[] = []
  const path = files?.pcapng === undefined ? undefined : printable(fileIn(output, files.pcapng), 1000)
  const detail = (name: string, text: string) => lines.push(`    ${colours.dim(name.padEnd(9))} ${text}`)
  const deviations = deviationsOf(event)
  for (const finding of deviations) {
    lines.push(
      `${label(finding.verdict, colours)} ${heading(event)} ${colours.bold(printable(finding.requirement))}`,
    )
    detail('expected', printable(finding.expected, 500))
    detail('seen', printable(finding.seen, 500))
    const frame = frameOf(event, finding)
    if (path !== undefined) detail('capture', frame === undefined ? path : `frame ${frame} of ${path}`)
    if (finding.readings !== undefined && finding.readings.length > 0)
      detail('reading', printable(finding.readings.join(', ')))
  }
  // The verdict does not come from a finding: inconclusive, error, an unexpected pass or skip.
  if (!deviations.some((finding) => finding.verdict === result.verdict)) {
    lines.push(`${label(result.verdict, colours)} ${heading(event)}`)
    if (result.reason !== undefined) detail('reason', printable(result.reason, 500))
    if (path !== undefined) detail('capture', path)
  }
  if (result.impairment !== undefined) detail('impaired', printable(result.impairment, 500))
  const titles = run.implementations.find(({ name }) => name === event.implementation)?.titles ?? new Map()
  const words = printable(comparisonInWords(comparison, titles), 500)
  detail('baseline', comparison.kind === 'unexpected' ? colours.red(words) : words)
  return lines
}

/** The number of causes, the worst ones, that are printed in full; others get a line. */
const IN_FULL = 10
/** Total lines for the new and gone causes of one implementation. */
const MOST_LINES = 40

function summary(
  run: RunTally,
  colours: Colours,
  options: ConsoleOptions,
  elapsed: number,
): readonly string[] {
  const { output } = options
  const lines: string[] = ['', ...table(run), ...matrixLines(run)]
  // New causes of all implementations come before the known ones of any.
  for (const one of run.implementations)
    lines.push(...diagnosesOf(one, colours), ...causesOf(one, NEWS, colours, options))
  for (const one of run.implementations)
    lines.push(...causesOf(one, ['known'], colours, options), ...unstableOf(one, colours))
  const missing = run.implementations.flatMap((one) => one.missing.map((scenario) => ({ one, scenario })))
  if (missing.length > 0) {
    lines.push('', colours.bold(`Planned and never finished (${missing.length})`))
    for (const { one, scenario } of missing.slice(0, 20))
      lines.push(`  ${printable(one.name)} ${printable(scenario)}`)
    if (missing.length > 20) lines.push(`  and ${missing.length - 20} more`)
  }
  lines.push('')
  if (output !== undefined) lines.push(`Results: ${printable(output, 1000)}`)
  lines.push(lastLine(run, colours, elapsed))
  return lines
}

/** The causes that a person should see first. */
const NEWS = ['new', 'unnamed', 'gone'] as const

function diagnosesOf({ diagnoses }: ImplementationTally, colours: Colours): readonly string[] {
  return diagnoses.flatMap((found) => ['', ...diagnosisLines(found, colours)])
}

function unstableOf({ name, unstable }: ImplementationTally, colours: Colours): readonly string[] {
  return unstable === undefined ? [] : ['', ...unstableLines(name, unstable, colours)]
}

/** Formats the causes of an implementation: unexpected ones in full, known ones in a line each. */
function causesOf(
  one: ImplementationTally,
  states: readonly CauseRow['state'][],
  colours: Colours,
  { columns, isTty, output, verbose }: ConsoleOptions,
): readonly string[] {
  const width = isTty ? columns : undefined
  const lines: string[] = []
  // Results that a diagnosis explains are not repeated.
  const isExplained = ({ requirements, title }: CauseRow) =>
    requirements.length === 0 && one.diagnoses.some((found) => title.includes(found.text))
  const rows = causesIn(one).filter((row) => !isExplained(row))
  for (const state of states) {
    const some = rows.filter((row) => row.state === state)
    if (some.length === 0) continue
    const heading = colours.bold(stateHeading(state, one.name, some))
    // An unexpected result makes the run red, whatever its verdict.
    lines.push('', state === 'new' || state === 'gone' ? colours.red(heading) : heading)
    const inFull = verbose ? some.length : state === 'known' ? 0 : IN_FULL
    for (const row of some.slice(0, inFull)) lines.push(...detailOf(row, colours, output))
    const rest = some.slice(inFull)
    const most = state === 'known' ? rest.length : MOST_LINES - Math.min(some.length, inFull)
    lines.push(...causeLines(rest.slice(0, most), colours, width))
    if (rest.length > most)
      lines.push(`  and ${rest.length - most} more: summary.md and results.json have them`)
  }
  return lines
}

function unstableLines(
  name: string,
  { cases, monitors, causes }: NonNullable<ImplementationTally['unstable']>,
  colours: Colours,
): readonly string[] {
  const all = [
    ...cases.map((id) => `case ${id}`),
    ...monitors.map((id) => `monitor ${id}`),
    ...causes.map((id) => `cause ${id}`),
  ]
  if (all.length === 0) return [`${printable(name)}: the same in every round`]
  return [
    colours.bold(`${printable(name)}: unstable from round to round (${all.length})`),
    ...all.slice(0, MOST_LINES).map((text) => `  ${printable(text, 300)}`),
    ...(all.length > MOST_LINES ? [`  and ${all.length - MOST_LINES} more: results.json has them`] : []),
  ]
}

/** Makes the table of verdicts: for each implementation a row of its cases and one of monitors. */
function table(run: RunTally): readonly string[] {
  const head = ['implementation', ...VERDICTS, 'unexpected', 'stale']
  const rows = run.implementations.flatMap((one) => {
    const sums = one.watched
    const of = (verdict: Verdict) => String(sums.filter((sum) => sum.verdict === verdict).length)
    return [
      [
        printable(one.name, 40),
        ...VERDICTS.map((verdict) => String(one.counts[verdict])),
        String(one.unexpected.length),
        String(one.stale.length),
      ],
      [
        '  its monitors',
        ...VERDICTS.map((verdict) =>
          verdict === 'pass' || verdict === 'warn' || verdict === 'fail' ? of(verdict) : '-',
        ),
        String(sums.filter(({ comparison }) => comparison.kind === 'unexpected').length),
        '-',
      ],
    ]
  })
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)))
  return [head, ...rows].map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}

function lastLine(run: RunTally, colours: Colours, elapsed: number): string {
  const total = run.implementations.reduce((sum, one) => sum + one.results.length, 0)
  const isDemonstration = run.started?.demonstration !== undefined
  const good = run.finished?.exitCode === 0
  // Every reason is printed above with its finding; the last line says how many there are.
  const text = `${overall(run, ', see above')} (${isDemonstration ? 'a demonstration on the embedded reference, ' : ''}${counted(total, 'case')}, ${duration(elapsed)}, exit ${run.finished?.exitCode ?? '?'})`
  return good ? (isDemonstration ? colours.yellow(text) : colours.green(text)) : colours.red(text)
}

function heading(event: ScenarioFinished): string {
  return `${printable(event.implementation)} ${printable(event.result.scenario, 300)}`
}
