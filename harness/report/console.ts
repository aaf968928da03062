import { createLogUpdate } from 'log-update'
import picocolors from 'picocolors'
import { printable } from '../protocol/octets.ts'
import type { RunEvent } from '../runner/events.ts'
import { byGravity, VERDICTS, type Verdict } from '../scenario/verdict.ts'
import {
  comparisonInWords,
  createTally,
  deviationsOf,
  fileIn,
  frameOf,
  isQuiet,
  type RunStarted,
  type RunTally,
  type ScenarioFinished,
} from './tally.ts'

export interface ConsoleOptions {
  /** Takes finished text, line breaks included. */
  readonly write: (text: string) => void
  /** Whether a status line can be rewritten in place. */
  readonly isTty: boolean
  readonly columns: number
  readonly colour: boolean
  /**
   * Also a line for each scenario that was skipped, and on a terminal for each that passed (a log always has these); and all that is known of
   * deviations that the baseline expects.
   */
  readonly verbose: boolean
  /** The results directory, so that paths can be opened from where the reader is. */
  readonly output?: string
}

/** Shows a run as it happens. */
export interface ConsoleReporter {
  handle(event: RunEvent): void
  /** Lets the time in the status line go on; call it once a second or so. `now` is ms since 1970. */
  tick(now: number): void
}

/** ms between two rewritings of the status line: hundreds of scenarios a second must not become as many redraws. */
const REDRAW = 80

type Colours = ReturnType<typeof picocolors.createColors>

const LABELS: Readonly<Record<Verdict, string>> = {
  skip: '- SKIP',
  pass: '✓ PASS',
  warn: '! WARN',
  fail: '✗ FAIL',
  inconclusive: '? INCONCLUSIVE',
  error: '# ERROR',
}

/**
 * On a terminal: a status line with a line per lane below it, and everything that needs eyes above it. Without one: a line for
 * each finished scenario. Both end with the same summary. What the baseline expects is told in brief, and scenarios skipped for one reason
 * together: the results have it all.
 */
export function createConsoleReporter(options: ConsoleOptions): ConsoleReporter {
  const { write, isTty, columns } = options
  const colours = picocolors.createColors(options.colour)
  const tally = createTally()
  const lanes = new Map<string, string>()
  const status = createLogUpdate(
    // All that log-update asks of a stream.
    { write, columns, rows: 50 } as unknown as NodeJS.WriteStream,
    { showCursor: true },
  )
  const skipped: ScenarioFinished[] = []
  let startedAt = 0
  let drawn = Number.NEGATIVE_INFINITY

  function draw(now: number): void {
    if (!isTty || now - drawn < REDRAW) return
    drawn = now
    const lines = [...statusLines(tally.current(), now - startedAt), ...[...lanes].map(([, text]) => text)]
    status(lines.map((line) => clip(line, columns - 1)).join('\n'))
  }

  /** Writes lines that stay. */
  function say(lines: readonly string[]): void {
    if (lines.length === 0) return
    if (isTty) {
      status.clear()
      drawn = Number.NEGATIVE_INFINITY
    }
    write(`${lines.join('\n')}\n`)
  }

  /** Those that do not apply come in a row, before anything is played. */
  function saySkipped(): void {
    say(skippedLines(skipped.splice(0), colours))
  }

  return {
    handle(event) {
      tally.add(event)
      const skip = event.kind === 'scenario-finished' && event.result.verdict === 'skip' && isQuiet(event)
      if (skip && !options.verbose) {
        skipped.push(event)
        return
      }
      saySkipped()
      switch (event.kind) {
        case 'run-started':
          startedAt = event.at
          say([
            colours.dim(
              `pptpspec ${printable(event.harness)}, node ${printable(event.node)}, ${event.clock} clock, seed ${event.seed}, ${event.lanes} ${event.lanes === 1 ? 'lane' : 'lanes'}${impairedBy(event)}`,
            ),
          ])
          break
        case 'notice':
          say([`  ${printable(event.text, 500)}`])
          break
        case 'implementation-started': {
          const { provenance } = event
          const versions = Object.entries(provenance.versions).map(([name, version]) => `${name} ${version}`)
          const facts = [
            ...versions,
            provenance.engine,
            ...(provenance.image === undefined ? [] : [provenance.image]),
          ]
          say([
            `${colours.bold(printable(event.implementation))}: ${cases(event.planned.length)} against ${printable(event.title)} (${printable(facts.join(', '), 500)})`,
          ])
          break
        }
        case 'scenario-started':
          lanes.set(
            `${event.implementation} ${event.lane}`,
            `  ${printable(event.implementation)} lane ${event.lane}: ${printable(event.scenario)}`,
          )
          break
        case 'scenario-finished':
          lanes.delete(`${event.implementation} ${event.lane}`)
          if (!isQuiet(event))
            say(
              event.comparison.kind === 'as-expected' && !options.verbose
                ? describeExpected(event, colours)
                : describeResult(event, colours, options.output),
            )
          else if (!isTty || options.verbose) say([quietLine(event, colours)])
          break
        case 'implementation-finished':
          for (const key of [...lanes.keys()])
            if (key.startsWith(`${event.implementation} `)) lanes.delete(key)
          break
        case 'run-finished':
          say(summary(tally.current(), colours, options.output, event.at - startedAt))
          return
      }
      draw(event.at)
    },
    tick: draw,
  }
}

/** What was asked to happen to GRE. The command line impairs both ways alike. */
function impairedBy({ impairment }: RunStarted): string {
  const rates = Object.entries(impairment?.send ?? {})
  return rates.length === 0 ? '' : `, GRE with ${rates.map(([name, rate]) => `${name} ${rate}`).join(', ')}`
}

function statusLines(run: RunTally, elapsed: number): readonly string[] {
  return run.implementations
    .filter((one) => one.missing.length > 0)
    .map((one) => {
      const planned = Math.max(one.results.length, one.started?.planned.length ?? 0)
      const troubles = VERDICTS.filter((verdict) => verdict !== 'pass' && one.counts[verdict] > 0).map(
        (verdict) => `${one.counts[verdict]} ${verdict}`,
      )
      return `${printable(one.name)} ${one.results.length}/${planned}${troubles.length > 0 ? `, ${troubles.join(', ')}` : ''}, ${duration(elapsed)}`
    })
}

function quietLine(event: ScenarioFinished, colours: Colours): string {
  const { result } = event
  const more = [result.reason, result.impairment].flatMap((text) =>
    text === undefined ? [] : `: ${printable(text)}`,
  )
  return `${label(result.verdict, colours)} ${heading(event)}${colours.dim(` ${duration(result.duration)}${more.join('')}`)}`
}

/** How many cases may be skipped for one reason before they are told together. */
const FEW = 3

function skippedLines(events: readonly ScenarioFinished[], colours: Colours): readonly string[] {
  const reasons = new Map<string, ScenarioFinished[]>()
  for (const event of events) {
    const key = `${event.implementation} ${event.result.reason}`
    reasons.set(key, [...(reasons.get(key) ?? []), event])
  }
  return [...reasons.values()].flatMap((alike) => {
    const [first] = alike
    if (first === undefined || alike.length <= FEW) return alike.map((event) => quietLine(event, colours))
    const { implementation, result } = first
    return [
      `${label('skip', colours)} ${printable(implementation)} ${alike.length} cases${colours.dim(`: ${printable(result.reason ?? 'no reason')}`)}`,
    ]
  })
}

/** What the baseline expects of a scenario, and why, in brief. */
function describeExpected(event: ScenarioFinished, colours: Colours): readonly string[] {
  const { result, comparison } = event
  const requirements = [
    ...new Set([...deviationsOf(event)].sort(byGravity).map(({ requirement }) => requirement)),
  ]
  const broken = requirements.map((requirement) => ` ${colours.bold(printable(requirement))}`).join(',')
  return [
    `${label(result.verdict, colours)} ${heading(event)}${broken}`,
    `    ${colours.dim(printable(comparisonInWords(comparison), 200))}`,
  ]
}

/**
 * A scenario that is not simply green, in lines that can be understood alone: verdict, scenario, requirement, expected, seen, where to look, and what
 * the baseline says.
 */
function describeResult(
  event: ScenarioFinished,
  colours: Colours = picocolors.createColors(false),
  output?: string,
): readonly string[] {
  const { result, comparison, files } = event
  const lines: string[] = []
  const path = files === undefined ? undefined : printable(fileIn(output, files.pcapng), 1000)
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
  // Inconclusive, error, an unexpected pass or skip: the verdict is not that of a finding.
  if (!deviations.some((finding) => finding.verdict === result.verdict)) {
    lines.push(`${label(result.verdict, colours)} ${heading(event)}`)
    if (result.reason !== undefined) detail('reason', printable(result.reason, 500))
    if (path !== undefined) detail('capture', path)
  }
  if (result.impairment !== undefined) detail('impaired', printable(result.impairment, 500))
  const words = printable(comparisonInWords(comparison), 500)
  detail('baseline', comparison.kind === 'unexpected' ? colours.red(words) : words)
  return lines
}

function summary(
  run: RunTally,
  colours: Colours,
  output: string | undefined,
  elapsed: number,
): readonly string[] {
  const lines: string[] = ['', ...table(run), '']
  const unexpected = run.implementations.flatMap((one) => one.unexpected)
  if (unexpected.length > 0) {
    lines.push(colours.bold(`Not as expected (${unexpected.length})`))
    for (const event of unexpected) lines.push(...describeResult(event, colours, output))
    lines.push('')
  }
  const stale = run.implementations.flatMap((one) => one.stale.map((entry) => ({ one, entry })))
  if (stale.length > 0) {
    lines.push(colours.bold(`Stale in the baseline (${stale.length})`))
    for (const { one, entry } of stale)
      lines.push(`  ${printable(one.name)} ${printable(entry.scenario)}: ${printable(entry.detail, 500)}`)
    lines.push('')
  }
  const missing = run.implementations.flatMap((one) => one.missing.map((scenario) => ({ one, scenario })))
  if (missing.length > 0) {
    lines.push(colours.bold(`Planned and never finished (${missing.length})`))
    for (const { one, scenario } of missing.slice(0, 20))
      lines.push(`  ${printable(one.name)} ${printable(scenario)}`)
    if (missing.length > 20) lines.push(`  and ${missing.length - 20} more`)
    lines.push('')
  }
  if (output !== undefined) lines.push(`Results: ${printable(output, 1000)}`)
  lines.push(lastLine(run, colours, elapsed))
  return lines
}

function table(run: RunTally): readonly string[] {
  const head = ['implementation', ...VERDICTS, 'unexpected', 'stale']
  const rows = run.implementations.map((one) => [
    printable(one.name, 40),
    ...VERDICTS.map((verdict) => String(one.counts[verdict])),
    String(one.unexpected.length),
    String(one.stale.length),
  ])
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)))
  return [head, ...rows].map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}

/**
 * The overall result in one line: the last of every run.
 * @param where tells a reader of several reasons where they are.
 */
export function overall(run: RunTally, where = ''): string {
  const { finished } = run
  if (finished === undefined) return 'The run did not finish'
  // The whole of a long reason is told where it arose.
  const [first, ...more] = finished.reasons.map((reason) => reason.split('\n')[0])
  const reasons =
    first === undefined
      ? ''
      : more.length === 0
        ? `: ${first}`
        : `: ${finished.reasons.length} reasons${where}`
  if (finished.interrupted !== undefined) {
    const why = finished.reasons.find((reason) => !reason.startsWith('interrupted')) ?? ''
    return printable(`Interrupted (${finished.interrupted})${why === '' ? '' : `: ${why}`}`, 1000)
  }
  const words = {
    0: 'As expected',
    1: 'Not as expected',
    2: 'Nothing could be run as asked',
    3: 'The harness or its environment is at fault',
  }[finished.exitCode]
  return printable(`${words}${reasons}`, 1000)
}

function lastLine(run: RunTally, colours: Colours, elapsed: number): string {
  const total = run.implementations.reduce((sum, one) => sum + one.results.length, 0)
  const good = run.finished?.exitCode === 0
  // Every reason stands above, each with its finding; the last line says how many there are.
  const text = `${overall(run, ', see above')} (${cases(total)}, ${duration(elapsed)}, exit ${run.finished?.exitCode ?? '?'})`
  return good ? colours.green(text) : colours.red(text)
}

function cases(count: number): string {
  return `${count} ${count === 1 ? 'case' : 'cases'}`
}

function heading(event: ScenarioFinished): string {
  return `${printable(event.implementation)} ${printable(event.result.scenario, 300)}`
}

function label(verdict: Verdict, colours: Colours): string {
  const text = LABELS[verdict]
  switch (verdict) {
    case 'pass':
      return colours.green(text)
    case 'skip':
      return colours.dim(text)
    case 'fail':
      return colours.red(text)
    case 'warn':
      return colours.yellow(text)
    case 'inconclusive':
      return colours.magenta(text)
    case 'error':
      return colours.magenta(colours.bold(text))
  }
}

function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}

/** Time as a person reads it, from ms. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
