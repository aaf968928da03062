/**
 * What a requirement or a scenario came to. `warn`: a SHOULD is violated; `inconclusive`: the
 * preamble never reached the test; `skip`: not applicable, with the reason; `error`: the harness or
 * its environment is at fault.
 */
export type Verdict = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'skip' | 'error'

/** In order of gravity: the verdict of several is the last of them in this list. */
export const VERDICTS: readonly Verdict[] = ['skip', 'pass', 'warn', 'fail', 'inconclusive', 'error']

/** One requirement decided once. */
export interface Finding {
  readonly requirement: string
  readonly verdict: 'pass' | 'warn' | 'fail'
  /** What the requirement led us to expect, in words. */
  readonly expected: string
  /** What happened instead, or just so. */
  readonly seen: string
  /** Index of the trace entry that shows it; absent where absence is what was seen. */
  readonly entry?: number | undefined
  /** Ids of interpretations (docs/interpretations.md) that this finding leans on. */
  readonly readings?: readonly string[] | undefined
}

/**
 * What a monitor found in one play: whatever it says, the verdict of the case is the scenario's
 * own.
 */
export interface WatchedFinding extends Finding {
  /** Id of the monitor. */
  readonly monitor: string
}

/** What playing one scenario (or one variation of it) came to. */
export interface ScenarioResult {
  /** Scenario id, with the variation: `control-connection/bad-magic-cookie#cookie=0`. */
  readonly scenario: string
  readonly purpose: string
  readonly verdict: Verdict
  /** Why, where findings alone do not say it: inconclusive, skip, error. */
  readonly reason?: string | undefined
  /** The scenario's own. What monitors found in the same play is kept apart from them. */
  readonly findings: readonly Finding[]
  /**
   * What an impairment of the path did to GRE, and how to have the same again, in words; absent
   * where there was none.
   */
  readonly impairment?: string | undefined
  /** What was measured by the way. */
  readonly figures?: readonly Figure[] | undefined
  /** ms on the tester's clock (virtual in the simulated network). */
  readonly duration: number
}

/** Something measured, which is no verdict. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** `Mbit/s`, `times`. */
  readonly unit: string
}

/** Compares: the gravest come first. */
export function byGravity(
  { verdict: one }: { readonly verdict: Verdict },
  { verdict: other }: { readonly verdict: Verdict },
): number {
  return VERDICTS.indexOf(other) - VERDICTS.indexOf(one)
}

/** The gravest of some verdicts; undefined of none. */
export function gravest(verdicts: Iterable<Verdict>): Verdict | undefined {
  let worst = -1
  for (const verdict of verdicts) worst = Math.max(worst, VERDICTS.indexOf(verdict))
  return VERDICTS[worst]
}
