/**
 * The verdict about a requirement or a scenario. `warn`: a SHOULD is violated; `inconclusive`: the
 * preamble failed; `skip`: the scenario does not apply; `error`: the harness or its environment is
 * at fault.
 */
export type Verdict = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'skip' | 'error'

/** All verdicts, the gravest last: the verdict of several is the one that is last in this list. */
export const VERDICTS: readonly Verdict[] = ['skip', 'pass', 'warn', 'fail', 'inconclusive', 'error']

/** One requirement decided once. */
export interface Finding {
  readonly requirement: string
  readonly verdict: 'pass' | 'warn' | 'fail'
  /** What the requirement calls for in this situation, in words. */
  readonly expected: string
  /** What happened, in words. */
  readonly seen: string
  /** Index of the trace entry that shows `seen`; absent where nothing arrived. */
  readonly entry?: number | undefined
  /** Ids of the interpretations (docs/interpretations.md) that this finding depends on. */
  readonly readings?: readonly string[] | undefined
}

/** A finding of a monitor in one play. It does not change the verdict of the case. */
export interface WatchedFinding extends Finding {
  /** Id of the monitor. */
  readonly monitor: string
}

/** The result of playing one case. */
export interface ScenarioResult {
  /** Id of the case: `control-connection/bad-magic-cookie#cookie=0@recipient`. */
  readonly scenario: string
  readonly purpose: string
  readonly verdict: Verdict
  /** Why the verdict is `inconclusive`, `skip` or `error`. */
  readonly reason?: string | undefined
  /** Findings of the scenario itself, without those of monitors. */
  readonly findings: readonly Finding[]
  /**
   * What an impairment did to GRE, and how to repeat it, in words; absent without an impairment.
   */
  readonly impairment?: string | undefined
  /** Measurements that no verdict depends on. */
  readonly figures?: readonly Figure[] | undefined
  /** ms on the tester's clock (virtual in the simulated network). */
  readonly duration: number
}

/** A measurement. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** For example `Mbit/s` or `times`. */
  readonly unit: string
}

/** Compares results for sorting: the gravest verdict comes first. */
export function byGravity(
  { verdict: one }: { readonly verdict: Verdict },
  { verdict: other }: { readonly verdict: Verdict },
): number {
  return VERDICTS.indexOf(other) - VERDICTS.indexOf(one)
}

/** Returns the gravest of these verdicts; undefined if there are none. */
export function gravest(verdicts: Iterable<Verdict>): Verdict | undefined {
  let worst = -1
  for (const verdict of verdicts) worst = Math.max(worst, VERDICTS.indexOf(verdict))
  return VERDICTS[worst]
}
