import { gravest, type ScenarioResult, type WatchedFinding } from '../scenario/verdict.ts'
import type { Comparison, WatchedSum } from './events.ts'

/** A case that was played. */
export interface PlayedResult {
  readonly result: ScenarioResult
  /** Findings of monitors in the case, passes included. */
  readonly watched: readonly WatchedFinding[]
}

/** A result in a ledger. */
export interface Recorded extends PlayedResult {
  readonly comparison: Comparison
  /** Frames of its capture, by trace entry index. */
  readonly frames: Readonly<Record<string, number>>
}

/** A sum that is not compared with a baseline yet. */
type PlainSum = Omit<WatchedSum, 'comparison'>

/** Sums the findings of monitors over the cases of a round. */
export function sumsOf(recorded: readonly Recorded[]): readonly PlainSum[] {
  type Sum = { -readonly [K in keyof PlainSum]: PlainSum[K] }
  const sums: Sum[] = []
  // By monitor, then by requirement: a name made of both would be a new string for each of about
  // ten thousand findings.
  const known = new Map<string, Map<string, Sum>>()
  for (const { result, watched, frames } of recorded)
    for (const finding of watched) {
      const { monitor, requirement, verdict, entry } = finding
      const ofMonitor = known.get(monitor) ?? new Map<string, Sum>()
      known.set(monitor, ofMonitor)
      let sum = ofMonitor.get(requirement)
      if (sum === undefined) {
        sum = { monitor, requirement, verdict: 'pass', kept: 0, broken: 0 }
        ofMonitor.set(requirement, sum)
        sums.push(sum)
      }
      if (verdict === 'pass') {
        sum.kept++
        continue
      }
      sum.broken++
      if (gravest([sum.verdict, verdict]) === sum.verdict) continue
      sum.verdict = verdict
      const frame = entry === undefined ? undefined : frames[String(entry)]
      sum.first = { case: result.scenario, finding, ...(frame === undefined ? {} : { frame }) }
    }
  return sums.sort((a, b) => sumName(a).localeCompare(sumName(b)))
}

/** Names what one monitor says about one requirement. */
export function sumName({ monitor, requirement }: Pick<WatchedSum, 'monitor' | 'requirement'>): string {
  return `${monitor} ${requirement}`
}

/** Causes that show in at least one place. */
export function shownCauses(recorded: readonly Recorded[], sums: readonly WatchedSum[]): ReadonlySet<string> {
  return new Set(
    [...recorded, ...sums].flatMap(({ comparison }) =>
      comparison.kind === 'no-baseline' ? [] : comparison.causes.map(({ cause }) => cause),
    ),
  )
}
