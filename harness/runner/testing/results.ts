import type { Finding, ScenarioResult, Verdict, WatchedFinding } from '../../scenario/verdict.ts'
import type { Baseline, BaselineCause, Vocabulary } from '../baseline.ts'
import { sumsOf } from '../recorded.ts'
import type { RunResults } from '../update-baseline.ts'

/** Findings, results and baselines made by hand, for tests. */

/** Makes a finding from `fail 1/x`; `more` may say what was seen and where. */
export function finding(text: string, more: Partial<Finding> = {}): Finding {
  const [verdict, requirement = ''] = text.split(' ')
  return { requirement, verdict: verdict as Finding['verdict'], expected: 'e', seen: 's', ...more }
}

/** Makes a finding of the monitor `eye` from `eye: fail 2/a`. */
export function watchedFinding(text: string, more: Partial<Finding> = {}): WatchedFinding {
  const [monitor = '', rest = ''] = text.split(': ')
  return { ...finding(rest, more), monitor }
}

export function result(
  scenario: string,
  verdict: Verdict,
  ...findings: readonly (string | Finding)[]
): ScenarioResult {
  return {
    scenario,
    purpose: 'p',
    verdict,
    findings: findings.map((one) => (typeof one === 'string' ? finding(one) : one)),
    duration: 1,
  }
}

/** A cause with a name and a reason. */
export function cause(
  id: string,
  cases: BaselineCause['cases'],
  monitors: BaselineCause['monitors'] = [],
): BaselineCause {
  return { id, title: `It does ${id}`, owner: 'some', effect: 'none', reason: 'source', cases, monitors }
}

export function baselineOf(...causes: readonly BaselineCause[]): Baseline {
  return { format: 2, implementation: 'some', causes: [...causes] }
}

/** Names that baselines made by hand may use. */
export const VOCABULARY: Vocabulary = {
  cases: [
    'a/one@recipient',
    'a/one@originator',
    'a/many#v=1@recipient',
    'a/many#v=2@recipient',
    'a/many#v=3@recipient',
    'a/many#v=1@originator',
    'b/two@recipient',
    'c/three@originator',
  ],
  monitors: [
    { id: 'eye', decides: ['2/a', '2/b'] },
    { id: 'ear', decides: ['2/b', '2/c'] },
  ],
  requirements: ['1/x', '1/y', '1/z', '2/a', '2/b', '2/c'],
}

/** The findings of cases, as a ledger hands them to `updatedBaseline`. */
export function seenOf(
  played: readonly (readonly [ScenarioResult, ...WatchedFinding[]])[],
  more: Partial<RunResults> = {},
): RunResults {
  const results = played.map(([one, ...watched]) => ({ result: one, watched }))
  const sums = sumsOf(results.map((one) => ({ ...one, comparison: { kind: 'no-baseline' }, frames: {} })))
  return {
    results,
    sums: sums.map((sum) => ({ ...sum, comparison: { kind: 'no-baseline' } })),
    whole: false,
    roles: ['recipient', 'originator'],
    ...more,
  }
}
