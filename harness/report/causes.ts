import type { Comparison } from '../runner/events.ts'
import { essence, groupsOf } from '../runner/groups.ts'
import { freshEvidence } from '../runner/reasons.ts'
import { gravest, type Verdict } from '../scenario/verdict.ts'
import { counted } from './columns.ts'
import { deviationsOf, frameOf, type ImplementationTally, type ScenarioFinished } from './tally.ts'

/**
 * The deviations of an implementation, one row for each cause: the causes of its baseline, and
 * groups of findings without a cause.
 */
export interface CauseRow {
  /**
   * `new`: findings that no cause of the baseline explains; `unnamed`: findings without a baseline;
   * `known`: a cause of the baseline; `gone`: a cause of it that does not show where expected.
   */
  readonly state: 'new' | 'unnamed' | 'known' | 'gone'
  /** Id of the cause; absent for a group of findings without a cause. */
  readonly id?: string
  /** The title of the cause; without a cause, the expected and the seen text. */
  readonly title: string
  readonly owner?: string
  readonly effect?: string
  readonly reason?: string
  readonly verdict: Verdict
  readonly requirements: readonly string[]
  /** Requirements that are broken in consequence, in some of the cases. */
  readonly follows: readonly string[]
  /** Cases whose scenarios find it, and, below, monitors that find it. */
  readonly cases: readonly string[]
  readonly monitors: readonly string[]
  /** An example to open; absent when no case was played. */
  readonly example?: Example
  /** The different seen texts, without the parts that change from run to run. */
  readonly seen: readonly string[]
}

/**
 * The most seen texts of a row that are kept: an implementation may answer differently each time.
 */
const MOST_SEEN = 20

/** One finding of a cause. */
export interface Example {
  readonly case: string
  readonly requirement?: string | undefined
  readonly monitor?: string | undefined
  readonly expected: string
  readonly seen: string
  /** The frame that shows it in the capture, counted from 1. */
  readonly frame?: number | undefined
  /** Path of the capture, relative to the results directory. */
  readonly capture?: string | undefined
}

/**
 * Returns the rows of an implementation: new causes, gone ones, then known ones; the worst of each
 * state first.
 */
export function causesIn(implementation: ImplementationTally): readonly CauseRow[] {
  // Sorted, because cases finish in a different order each time and the example must be the same.
  const order = new Map((implementation.started?.planned ?? []).map((id, at) => [id, at]))
  const placeOf = ({ result }: ScenarioFinished) => order.get(result.scenario) ?? order.size
  const results = [...implementation.results].sort((a, b) => placeOf(a) - placeOf(b))
  const inOrder = { ...implementation, results }
  return [...freshRows(inOrder), ...goneRows(inOrder), ...knownRows(inOrder)]
}

/** Groups of findings that no cause explains, the worst first. */
function freshRows({ results, watched, started }: ImplementationTally): readonly CauseRow[] {
  const events = new Map(results.map((event) => [event.result.scenario, event]))
  const hasBaseline = started?.causes !== undefined
  // A killed run has not compared with the baseline what monitors found: it may not be new.
  const asked = watched.filter(({ comparison }) => !hasBaseline || comparison.kind !== 'no-baseline')
  const evidence = freshEvidence(results, asked)
  return groupsOf(evidence).map((group): CauseRow => {
    const { first, verdict, requirements, follows, cases, monitors } = group
    const event = events.get(first.case)
    return {
      state: hasBaseline ? 'new' : 'unnamed',
      title: first.requirement === undefined ? first.seen : `expected ${first.expected}; seen ${first.seen}`,
      verdict,
      requirements,
      follows,
      cases,
      monitors,
      example: {
        case: first.case,
        requirement: first.requirement,
        monitor: first.monitor,
        expected: first.expected,
        seen: first.seen,
        frame: event && frameOf(event, first),
        capture: event?.files?.pcapng,
      },
      seen: distinct(group.evidence.map(({ seen }) => seen)),
    }
  })
}

function distinct(seen: readonly string[]): readonly string[] {
  return [...new Set(seen.map(essence))].slice(0, MOST_SEEN)
}

interface Place {
  readonly verdict: Verdict
  readonly requirements: readonly string[]
  readonly example: Example
  readonly seen: readonly string[]
  readonly monitor?: string
}

/** Causes of the baseline that show, with its titles, failures first. */
function knownRows({ results, watched, started }: ImplementationTally): readonly CauseRow[] {
  const places = new Map<string, Place[]>()
  const add = (cause: string, place: Place) => places.set(cause, [...(places.get(cause) ?? []), place])
  for (const event of results)
    for (const { cause, requirements } of causesOf(event.comparison)) add(cause, placeIn(event, requirements))
  for (const { monitor, requirement, verdict, first, comparison } of watched)
    for (const { cause } of causesOf(comparison))
      if (first !== undefined)
        add(cause, {
          verdict,
          requirements: [requirement],
          monitor,
          seen: [first.finding.seen],
          example: {
            case: first.case,
            requirement,
            monitor,
            expected: first.finding.expected,
            seen: first.finding.seen,
            frame: first.frame,
            capture: results.find(({ result }) => result.scenario === first.case)?.files?.pcapng,
          },
        })
  const rows = (started?.causes ?? []).flatMap((cause): readonly CauseRow[] => {
    const shown = places.get(cause.id) ?? []
    const verdict = worstOf(shown.map((place) => place.verdict))
    const [first] = shown.filter((place) => place.verdict === verdict)
    if (first === undefined) return []
    const own = shown.filter(({ monitor }) => monitor === undefined)
    return [
      {
        state: 'known',
        ...cause,
        verdict,
        requirements: [...new Set(shown.flatMap(({ requirements }) => requirements))],
        follows: [],
        cases: [...new Set(own.map(({ example }) => example.case))],
        monitors: [...new Set(shown.flatMap(({ monitor }) => monitor ?? []))],
        example: first.example,
        seen: distinct(shown.flatMap((place) => place.seen)),
      },
    ]
  })
  return rows.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
}

/** The order of causes: failures of an implementation before undecided cases. */
const ORDER: readonly Verdict[] = ['error', 'fail', 'warn', 'inconclusive', 'pass', 'skip']

function worstOf(verdicts: readonly Verdict[]): Verdict {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? gravest(verdicts) ?? 'pass'
}

function causesOf(comparison: Comparison) {
  return comparison.kind === 'no-baseline' ? [] : comparison.causes
}

function placeIn(event: ScenarioFinished, requirements: readonly string[]): Place {
  const { result, files } = event
  const findings = deviationsOf(event).filter(({ requirement }) => requirements.includes(requirement))
  const verdict = requirements.length === 0 ? result.verdict : worstOf(findings.map((one) => one.verdict))
  const finding = findings.find((one) => one.verdict === verdict)
  return {
    verdict,
    requirements,
    seen: findings.length === 0 ? [result.reason ?? result.verdict] : findings.map(({ seen }) => seen),
    example: {
      case: result.scenario,
      requirement: finding?.requirement,
      expected: finding?.expected ?? 'a verdict',
      seen: finding?.seen ?? result.reason ?? result.verdict,
      frame: finding && frameOf(event, finding),
      capture: files?.pcapng,
    },
  }
}

/** Causes that do not show where they should. */
function goneRows({ results, stale, started }: ImplementationTally): readonly CauseRow[] {
  const gone = new Map<string, ScenarioFinished[]>()
  // An error says nothing about the implementation.
  for (const event of results)
    if (event.comparison.kind === 'unexpected' && event.result.verdict !== 'error')
      for (const { cause } of event.comparison.gone) gone.set(cause, [...(gone.get(cause) ?? []), event])
  const ids = [...new Set([...stale.map(({ cause }) => cause), ...gone.keys()])]
  return ids.map((id): CauseRow => {
    const events = gone.get(id) ?? []
    const [first] = events
    const { cause: _, detail } = stale.find((one) => one.cause === id) ?? {
      cause: id,
      detail: `does not show in ${counted(events.length, 'case')} where the baseline expects it`,
    }
    const known = started?.causes?.find((one) => one.id === id)
    return {
      state: 'gone',
      id,
      title: `${detail}${known === undefined ? '' : `: ${known.title}`}`,
      ...(known === undefined ? {} : { owner: known.owner }),
      verdict: first?.result.verdict ?? 'pass',
      requirements: [],
      follows: [],
      cases: events.map(({ result }) => result.scenario),
      monitors: [],
      seen: [],
      ...(first === undefined
        ? {}
        : {
            example: {
              case: first.result.scenario,
              expected: first.comparison.kind === 'unexpected' ? first.comparison.expected : '',
              seen: first.comparison.kind === 'unexpected' ? first.comparison.seen : '',
              capture: first.files?.pcapng,
            },
          }),
    }
  })
}
