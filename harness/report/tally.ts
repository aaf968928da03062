import type { CaseFiles, EventOf, RunEvent, WatchedSum } from '../runner/events.ts'
import { type Finding, gravest, VERDICTS, type Verdict } from '../scenario/verdict.ts'

export type ScenarioFinished = EventOf<'scenario-finished'>
export type ImplementationStarted = EventOf<'implementation-started'>
export type ImplementationFinished = EventOf<'implementation-finished'>
export type RunStarted = EventOf<'run-started'>
export type RunFinished = EventOf<'run-finished'>
export type Diagnosed = EventOf<'diagnosis'>

/** The tally of one implementation in a run. */
export interface ImplementationTally {
  readonly name: string
  /**
   * Undefined when a scenario finished before its implementation was announced, which shows that
   * the stream of events is damaged.
   */
  readonly started: ImplementationStarted | undefined
  /** Results of all rounds. */
  readonly results: readonly ScenarioFinished[]
  readonly counts: Readonly<Record<Verdict, number>>
  /** The sums of monitors; only the violations if the run ended before it summed them up. */
  readonly watched: ImplementationFinished['watched']
  /** The results that the baseline does not explain. */
  readonly unexpected: readonly ScenarioFinished[]
  /** The causes of the baseline that no longer show. */
  readonly stale: ImplementationFinished['stale']
  /** The differences between rounds; undefined when there was only one. */
  readonly unstable: ImplementationFinished['unstable']
  readonly diagnoses: readonly Diagnosed[]
  /** Planned scenarios without a result: the run was killed, or is still going on. */
  readonly missing: readonly string[]
  /** Titles of the causes of the baseline, by id. */
  readonly titles: ReadonlyMap<string, string>
}

/** The tally of a run, from its events so far. */
export interface RunTally {
  readonly started: RunStarted | undefined
  readonly finished: RunFinished | undefined
  readonly implementations: readonly ImplementationTally[]
  readonly notices: readonly string[]
}

interface TallyState {
  started: ImplementationStarted | undefined
  finished: ImplementationFinished | undefined
  readonly results: ScenarioFinished[]
  readonly counts: Record<Verdict, number>
  readonly unexpected: ScenarioFinished[]
  readonly diagnoses: Diagnosed[]
}

/** Tallies a run event by event, for all reporters. */
export interface Tally {
  add(event: RunEvent): void
  current(): RunTally
}

/** Creates an empty tally. */
export function createTally(): Tally {
  let started: RunStarted | undefined
  let finished: RunFinished | undefined
  const notices: string[] = []
  const implementations = new Map<string, TallyState>()

  function of(name: string): TallyState {
    const known = implementations.get(name)
    if (known !== undefined) return known
    const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>
    const made: TallyState = {
      started: undefined,
      finished: undefined,
      results: [],
      counts,
      unexpected: [],
      diagnoses: [],
    }
    implementations.set(name, made)
    return made
  }

  return {
    add(event) {
      switch (event.kind) {
        case 'run-started':
          started = event
          // In the order of the request: the order in which implementations start changes from run
          // to run.
          for (const name of event.implementations ?? []) of(name)
          return
        case 'notice':
          notices.push(event.text)
          return
        case 'implementation-started':
          of(event.implementation).started = event
          return
        case 'diagnosis':
          of(event.implementation).diagnoses.push(event)
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
          of(event.implementation).finished = event
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
      implementations: [...implementations].filter(hasBegun).map(([name, { finished: end, ...growing }]) => ({
        name,
        ...growing,
        watched: end?.watched ?? brokenSums(growing.results),
        stale: end?.stale ?? [],
        unstable: end?.unstable,
        missing: missing(growing),
        titles: new Map((growing.started?.causes ?? []).map(({ id, title }) => [id, title])),
      })),
    }),
  }
}

/** Whether there was any event about an implementation. */
function hasBegun([, { started, finished, results, diagnoses }]: readonly [string, TallyState]): boolean {
  return started !== undefined || finished !== undefined || results.length + diagnoses.length > 0
}

/** Tallies a whole stream of events. */
export function tallyOf(events: Iterable<RunEvent>): RunTally {
  const tally = createTally()
  for (const event of events) tally.add(event)
  return tally.current()
}

function missing({ started, results }: Pick<TallyState, 'started' | 'results'>): readonly string[] {
  const done = new Set(results.map((event) => event.result.scenario))
  return (started?.planned ?? []).filter((scenario) => !done.has(scenario))
}

/**
 * Sums up what monitors found, for a run that ended before it did so: violations only, without a
 * comparison with the baseline.
 */
function brokenSums(results: readonly ScenarioFinished[]): readonly WatchedSum[] {
  const sums = new Map<string, WatchedSum>()
  for (const { result, watched = [], frames } of results)
    for (const finding of watched) {
      const { monitor, requirement, verdict, entry } = finding
      const key = `${monitor} ${requirement}`
      const known = sums.get(key)
      const isWorse = known === undefined || gravest([known.verdict, verdict]) !== known.verdict
      const frame = entry === undefined ? undefined : frames?.[String(entry)]
      const first = isWorse ? { case: result.scenario, finding, frame } : known.first
      sums.set(key, {
        monitor,
        requirement,
        verdict: isWorse ? verdict : known.verdict,
        kept: 0,
        broken: (known?.broken ?? 0) + 1,
        first,
        comparison: { kind: 'no-baseline' },
      })
    }
  return [...sums.values()]
}

/** Returns the findings of the scenario itself, not of monitors, that are not a pass. */
export function deviationsOf(event: ScenarioFinished): readonly Finding[] {
  return event.result.findings.filter((finding) => finding.verdict !== 'pass')
}

/**
 * Whether a result needs no attention: passed or skipped, and the baseline agrees or there is none.
 */
export function isQuiet(event: ScenarioFinished): boolean {
  const { verdict } = event.result
  return (verdict === 'pass' || verdict === 'skip') && event.comparison.kind !== 'unexpected'
}

/**
 * Returns the frame that shows a finding, counted from 1; undefined when the finding is about an
 * absence, or there is no capture.
 */
export function frameOf(
  { frames }: Pick<ScenarioFinished, 'frames'>,
  { entry }: { readonly entry?: number | undefined },
): number | undefined {
  return entry === undefined ? undefined : frames?.[String(entry)]
}

/** Returns the path of a case's file: below `directory`, or relative to it if undefined. */
export function fileIn(directory: string | undefined, file: CaseFiles[keyof CaseFiles]): string {
  return directory === undefined ? String(file) : `${directory.replace(/\/$/, '')}/${file}`
}
