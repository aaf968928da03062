import type { Expectations } from './baseline.ts'
import { brokenIn, compareSum } from './compare.ts'
import type { EventOf } from './events.ts'
import { type Recorded, shownCauses, sumName, sumsOf } from './recorded.ts'

/** The differences between rounds: ids of cases, `monitor requirement`, ids of causes. */
export type Unstable = NonNullable<EventOf<'implementation-finished'>['unstable']>

/**
 * Compares verdicts and broken requirements between rounds; times, identifiers and wordings differ
 * anyway. Monitors and causes are compared in stable cases only.
 */
export function unstableIn(
  rounds: readonly (readonly Recorded[])[],
  expectations: Expectations | undefined,
): Unstable {
  const cases = differing(rounds.map(signatures))
  const stable = rounds.map((round) => round.filter(({ result }) => !cases.includes(result.scenario)))
  const sums = stable.map((round) =>
    sumsOf(round).map((sum) => ({ ...sum, comparison: compareSum(sum, expectations) })),
  )
  const broken = sums.map(
    (some) =>
      new Map(
        some.filter(({ verdict }) => verdict !== 'pass').map((sum) => [sumName(sum), sum.verdict as string]),
      ),
  )
  const causes = stable.map(
    (round, at) => new Map([...shownCauses(round, sums[at] ?? [])].map((id) => [id, 'shown'])),
  )
  return { cases, monitors: differing(broken), causes: differing(causes) }
}

/** Counts the names that differ between rounds. */
export function countUnstable({ cases, monitors, causes }: Unstable): number {
  return cases.length + monitors.length + causes.length
}

function signatures(round: readonly Recorded[]): ReadonlyMap<string, string> {
  return new Map(
    round.map(({ result: { scenario, verdict, findings } }) => [
      scenario,
      [verdict, ...[...brokenIn(findings)].map((one) => one.join(' ')).sort()].join('\n'),
    ]),
  )
}

function differing(rounds: readonly ReadonlyMap<string, string>[]): string[] {
  const names = [...new Set(rounds.flatMap((round) => [...round.keys()]))]
  return names.filter((name) => new Set(rounds.map((round) => round.get(name))).size > 1)
}

/** Lists the names that differ, at most the first few of each kind. */
export function unstableInWords({ cases, monitors, causes }: Unstable): string {
  const list = (kind: string, names: readonly string[]) => {
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
    return names.length === 0 ? [] : [`${kind} ${names.slice(0, MOST_NAMES).join(', ')}${more}`]
  }
  return [...list('cases', cases), ...list('monitors', monitors), ...list('causes', causes)].join('; ')
}

const MOST_NAMES = 5
