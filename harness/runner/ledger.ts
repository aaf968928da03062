import type { Replica } from '../implementations/implementation.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import { type Baseline, compare, staleAnywhere, staleEntries } from './baseline.ts'
import type { RunEvent } from './events.ts'
import type { Stored } from './play-case.ts'
import type { NewRunEvent } from './store.ts'

/** What a job has come to. */
export interface JobOutcome {
  readonly results: readonly ScenarioResult[]
  /** Why the run does not end with 0, one for each cause. */
  readonly reasons: readonly string[]
  /** Something was not as expected: exit code 1. */
  readonly failed: boolean
  /** The harness or its environment is at fault: exit code 3. */
  readonly broken: boolean
  /** Why its results say more about the run than about the implementation, so that no baseline should be made of them; undefined where they do not. */
  readonly unfit: string | undefined
}

/** One result, by which clock it came about, and where it is kept. */
export interface Entry {
  readonly result: ScenarioResult
  readonly clock?: Pick<Extract<RunEvent, { kind: 'scenario-finished' }>, 'clock' | 'speed'>
  readonly stored?: Stored
}

/** Keeps account of a job: compares each result with the baseline, tells of it, and remembers what makes the run red. */
export interface Ledger {
  /** A case has its result; `replica` is where it was played. */
  finish(entry: Entry, lane: number, replica?: Replica): void
  /** A replica is dead. Others may play what it left over: without this, nothing might be red. Heard once of each. */
  mourn(replica: Replica): void
  /** The smoke scenario did not pass at the beginning. */
  deadFrom(smoke: string, why: string): void
  /** The smoke scenario did not pass at the end. */
  endOf(smoke: string, why: string): void
  /** No more results will come. `whole`: nothing was left out on purpose. `knownCases`: what a baseline may speak of. */
  close(end: { readonly whole: boolean; readonly knownCases: readonly string[] }): JobOutcome
}

export function createLedger(
  { name, baseline }: { readonly name: string; readonly baseline: Baseline | undefined },
  emit: (event: NewRunEvent) => void,
): Ledger {
  const results: ScenarioResult[] = []
  const reasons: string[] = []
  const lastOn = new Map<Replica, string>()
  const mourned = new Set<Replica>()
  let failed = false
  let broken = false
  let unfit: string | undefined

  const complain = (text: string): void => {
    reasons.push(text)
    emit({ kind: 'notice', text })
  }

  return {
    finish({ result, clock, stored }, lane, replica) {
      const comparison = compare(result, baseline)
      results.push(result)
      if (replica !== undefined) lastOn.set(replica, result.scenario)
      if (result.verdict === 'error') {
        broken = true
        unfit ??= `${result.scenario} ended in an error`
        reasons.push(`${name} ${result.scenario}: error: ${result.reason ?? 'unknown'}`)
      } else if (comparison.kind === 'unexpected') {
        failed = true
        reasons.push(`${name} ${result.scenario}: expected ${comparison.expected}, saw ${comparison.seen}`)
      } else if (comparison.kind === 'no-baseline' && result.verdict !== 'warn') {
        failed = true
        reasons.push(`${name} ${result.scenario}: ${result.verdict}`)
      }
      emit({ kind: 'scenario-finished', implementation: name, lane, result, comparison, ...clock, ...stored })
    },

    mourn(replica) {
      if (mourned.has(replica)) return
      mourned.add(replica)
      failed = true
      unfit ??= 'it died'
      const last = lastOn.get(replica)
      complain(
        `${name} died ${last === undefined ? 'before its first case' : `in ${last}, or right behind it`}: ${replica.death()}`,
      )
    },

    deadFrom(smoke, why) {
      broken = true
      unfit = `it does not pass the smoke scenario ${smoke}`
      complain(`${name} does not pass the smoke scenario ${smoke}: ${why}`)
    },

    endOf(smoke, why) {
      failed = true
      unfit ??= 'it no longer passes the smoke scenario at the end'
      complain(`${name} no longer passes the smoke scenario ${smoke} at the end of the run: ${why}`)
    },

    close({ whole, knownCases }) {
      // Whether something shows nowhere can only be said when everything was played.
      const all = whole && knownCases.every((id) => results.some((one) => one.scenario === id))
      const stale = [...staleEntries(baseline, knownCases), ...(all ? staleAnywhere(baseline, results) : [])]
      if (stale.length > 0) failed = true
      for (const { scenario, detail } of stale) reasons.push(`${name} baseline entry ${scenario}: ${detail}`)
      emit({ kind: 'implementation-finished', implementation: name, stale })
      return { results, reasons, failed, broken, unfit }
    },
  }
}
