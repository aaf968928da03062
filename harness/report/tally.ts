import type { Comparison, RunEvent, ScenarioFiles } from '../runner/events.ts'
import { type Finding, VERDICTS, type Verdict } from '../scenario/verdict.ts'

type EventOf<K extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: K }>
export type ScenarioFinished = EventOf<'scenario-finished'>
export type ImplementationStarted = EventOf<'implementation-started'>
export type RunStarted = EventOf<'run-started'>
export type RunFinished = EventOf<'run-finished'>

/** What is known of one implementation's part of a run. */
export interface ImplementationTally {
  readonly name: string
  /** Absent where a scenario finished before its implementation was announced: a damaged stream. */
  readonly started: ImplementationStarted | undefined
  readonly results: readonly ScenarioFinished[]
  readonly counts: Readonly<Record<Verdict, number>>
  /** Results that the baseline does not explain. */
  readonly unexpected: readonly ScenarioFinished[]
  /** Baseline entries that no result matched. */
  readonly stale: EventOf<'implementation-finished'>['stale']
  /** Planned scenarios without a result: the run was killed, or is still going on. */
  readonly missing: readonly string[]
}

/** A run as far as its events tell. */
export interface RunTally {
  readonly started: RunStarted | undefined
  readonly finished: RunFinished | undefined
  readonly implementations: readonly ImplementationTally[]
  readonly notices: readonly string[]
}

interface Growing {
  started: ImplementationStarted | undefined
  readonly results: ScenarioFinished[]
  readonly counts: Record<Verdict, number>
  readonly unexpected: ScenarioFinished[]
  stale: EventOf<'implementation-finished'>['stale']
}

/** The fold that every reporter is built on. */
export interface Tally {
  add(event: RunEvent): void
  current(): RunTally
}

export function createTally(): Tally {
  let started: RunStarted | undefined
  let finished: RunFinished | undefined
  const notices: string[] = []
  const implementations = new Map<string, Growing>()

  function of(name: string): Growing {
    const known = implementations.get(name)
    if (known !== undefined) return known
    const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>
    const made: Growing = { started: undefined, results: [], counts, unexpected: [], stale: [] }
    implementations.set(name, made)
    return made
  }

  return {
    add(event) {
      switch (event.kind) {
        case 'run-started':
          started = event
          return
        case 'notice':
          notices.push(event.text)
          return
        case 'implementation-started':
          of(event.implementation).started = event
          return
        case 'scenario-started':
          return
        case 'scenario-finished': {
          const implementation = of(event.implementation)
          implementation.results.push(event)
          implementation.counts[event.result.verdict]++
          if (event.comparison.kind === 'unexpected') implementation.unexpected.push(event)
          return
        }
        case 'implementation-finished':
          of(event.implementation).stale = event.stale
          return
        case 'run-finished':
          finished = event
          return
      }
    },
    current: () => ({
      started,
      finished,
      notices,
      implementations: [...implementations].map(([name, growing]) => ({
        name,
        ...growing,
        missing: missing(growing),
      })),
    }),
  }
}

/** Folds a whole stream. */
export function tallyOf(events: Iterable<RunEvent>): RunTally {
  const tally = createTally()
  for (const event of events) tally.add(event)
  return tally.current()
}

function missing(implementation: Growing): readonly string[] {
  const done = new Set(implementation.results.map((event) => event.result.scenario))
  return (implementation.started?.planned ?? []).filter((scenario) => !done.has(scenario))
}

/** The findings that are not pass. */
export function deviationsOf(event: ScenarioFinished): readonly Finding[] {
  return event.result.findings.filter((finding) => finding.verdict !== 'pass')
}

/** Whether nobody needs to look: passed or skipped, and the baseline agrees or there is none. */
export function isQuiet(event: ScenarioFinished): boolean {
  const { verdict } = event.result
  return (verdict === 'pass' || verdict === 'skip') && event.comparison.kind !== 'unexpected'
}

/** The frame that shows a finding, counted from 1; undefined where absence is what was seen, or nothing was captured. */
export function frameOf(event: ScenarioFinished, finding: Finding): number | undefined {
  return finding.entry === undefined ? undefined : event.frames?.[String(finding.entry)]
}

/** What the baseline says to a result, in words. */
export function comparisonInWords(comparison: Comparison): string {
  switch (comparison.kind) {
    case 'no-baseline':
      return 'no baseline'
    case 'as-expected':
      return comparison.deviation === undefined
        ? 'as expected'
        : `expected by the baseline: ${comparison.deviation.reason}`
    case 'unexpected':
      return `NOT expected: the baseline has ${comparison.expected}, seen ${comparison.seen}`
  }
}

/** Where a file of a scenario lies: relative to the results, or below `directory` where that is given. */
export function fileIn(directory: string | undefined, file: ScenarioFiles[keyof ScenarioFiles]): string {
  return directory === undefined ? String(file) : `${directory.replace(/\/$/, '')}/${file}`
}
