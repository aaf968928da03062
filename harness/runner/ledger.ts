import type { Replica } from '../implementations/implementation.ts'
import type { Role } from '../scenario/requirement.ts'
import { casesInRoles } from '../scenario/scenario.ts'
import { type Baseline, expectationsOf } from './baseline.ts'
import { compareResult, compareSum } from './compare.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { EventOf, WatchedSum } from './events.ts'
import type { Stored } from './keeper.ts'
import { errorsIn, freshIn, goneIn, staleIn } from './reasons.ts'
import { type PlayedResult, type Recorded, sumName, sumsOf } from './recorded.ts'
import { countUnstable, type Unstable, unstableIn, unstableInWords } from './stability.ts'
import type { NewRunEvent } from './store.ts'

/** What a job has come to. */
export interface JobOutcome {
  /** Of the first round, without the cases that are not the same in every round. */
  readonly results: readonly PlayedResult[]
  /** What monitors found in these, without what is not the same in every round. */
  readonly sums: readonly WatchedSum[]
  /** Whether the two leave nothing out: every case there is for its roles, every monitor. */
  readonly whole: boolean
  /** Those that the implementation takes. */
  readonly roles: readonly Role[]
  readonly unstable: Unstable
  /** Why the run does not end with 0, one for each cause. */
  readonly reasons: readonly string[]
  /** Something was not as expected: exit code 1. */
  readonly failed: boolean
  /** The harness or its environment is at fault: exit code 3. */
  readonly broken: boolean
  /**
   * Why its results say more about the run than about the implementation, so that no baseline
   * should be made of them; undefined where they do not.
   */
  readonly unfit: string | undefined
}

/** What else is said of an implementation that does not work. */
type Symptoms = Pick<EventOf<'diagnosis'>, 'remedies' | 'log' | 'cases'>

/** One result, by which clock it came about, and where it is kept. */
export interface Entry extends PlayedResult {
  readonly clock?: Pick<EventOf<'scenario-finished'>, 'clock' | 'speed'>
  /** Keeps what the case left behind; told whether it came out otherwise than expected. */
  readonly keep?: (isUnexpected: boolean) => Stored
  /** Counted from 1; 1 unless given. */
  readonly round?: number
}

/**
 * Keeps account of a job: compares each result with the baseline, tells of it, and records what
 * makes the run red.
 */
export interface Ledger {
  /** A case has its result; `replica` is where it was played. */
  finish(entry: Entry, lane: number, replica?: Replica): void
  /**
   * A replica died. Its remaining cases may still pass on another, so the death is recorded as a
   * failure. Idempotent.
   */
  died(replica: Replica): void
  /** The smoke scenario did not pass at the beginning. */
  deadFrom(smoke: string, found: { readonly why: string } & Symptoms): void
  /** Calls do not work at all. */
  diagnosed(found: {
    readonly diagnosis: Diagnosis
    readonly log?: readonly string[] | undefined
    readonly cases: number
  }): void
  /** The smoke scenario did not pass at the end. */
  endOf(smoke: string, why: string): void
  /**
   * No more results will come. `whole`: nothing was left out on purpose. `knownCases`: what a
   * baseline may speak of; those for a role that the implementation does not take are nothing to
   * it.
   */
  close(end: {
    readonly whole: boolean
    readonly knownCases: readonly string[]
    readonly roles: readonly Role[]
  }): JobOutcome
}

export function createLedger(
  {
    name,
    baseline,
    rounds = 1,
    mayBeAbsent,
  }: {
    readonly name: string
    readonly baseline: Baseline | undefined
    readonly rounds?: number
    /** Causes of the baseline that need not show. */
    readonly mayBeAbsent?: (cause: string) => boolean
  },
  emit: (event: NewRunEvent) => void,
): Ledger {
  const expectations = baseline && expectationsOf(baseline)
  const byRound: Recorded[][] = Array.from({ length: rounds }, () => [])
  const reasons: string[] = []
  const lastOn = new Map<Replica, string>()
  const dead = new Set<Replica>()
  let failed = false
  let broken = false
  let unfit: string | undefined

  const complain = (text: string): void => {
    reasons.push(text)
    emit({ kind: 'notice', text })
  }

  return {
    finish({ result, watched, clock, keep, round = 1 }, lane, replica) {
      const comparison = compareResult(result, expectations)
      const stored = keep?.(comparison.kind === 'unexpected')
      byRound[round - 1]?.push({ result, watched, comparison, frames: stored?.frames ?? {} })
      if (replica !== undefined) lastOn.set(replica, result.scenario)
      if (result.verdict === 'error') {
        broken = true
        unfit ??= `${result.scenario} ended in an error`
      } else if (comparison.kind === 'unexpected') failed = true
      else if (comparison.kind === 'no-baseline' && result.verdict !== 'warn') failed = true
      const violations = watched.filter(({ verdict }) => verdict !== 'pass')
      emit({
        kind: 'scenario-finished',
        implementation: name,
        lane,
        ...(rounds === 1 ? {} : { round }),
        result,
        comparison,
        ...(violations.length === 0 ? {} : { watched: violations }),
        ...clock,
        ...stored,
      })
    },

    died(replica) {
      if (dead.has(replica)) return
      dead.add(replica)
      failed = true
      unfit ??= 'it died'
      const last = lastOn.get(replica)
      complain(
        `${name} died ${last === undefined ? 'before its first case' : `in ${last}, or right after it`}: ${replica.death()}`,
      )
    },

    deadFrom(smoke, { why, ...symptoms }) {
      broken = true
      unfit = `it does not pass the smoke scenario ${smoke}`
      reasons.push(`${name} does not pass the smoke scenario ${smoke}: ${why}`)
      emit({
        kind: 'diagnosis',
        implementation: name,
        text: `does not pass the smoke scenario ${smoke}: ${why}`,
        ...symptoms,
      })
    },

    diagnosed({ diagnosis: { text, remedies }, log, cases }) {
      failed = true
      unfit = `it ${text}`
      reasons.push(`${name} ${text}`)
      emit({ kind: 'diagnosis', implementation: name, text, remedies, log, cases })
    },

    endOf(smoke, why) {
      failed = true
      unfit ??= 'it no longer passes the smoke scenario at the end'
      complain(`${name} no longer passes the smoke scenario ${smoke} at the end of the run: ${why}`)
    },

    close({ whole, knownCases, roles }) {
      const sumUp = (recorded: readonly Recorded[]) =>
        sumsOf(recorded).map((sum): WatchedSum => ({ ...sum, comparison: compareSum(sum, expectations) }))
      const sums = byRound.map(sumUp)
      const first = byRound[0] ?? []
      const finished = new Set(first.map(({ result }) => result.scenario))
      const all = whole && casesInRoles(knownCases, roles).every((id) => finished.has(id))
      if (
        sums
          .flat()
          .some(
            ({ comparison, verdict }) =>
              comparison.kind === 'unexpected' || (comparison.kind === 'no-baseline' && verdict === 'fail'),
          )
      )
        failed = true
      const stale = staleIn(baseline, byRound, sums, all, mayBeAbsent)
      const unstable = unstableIn(byRound, expectations)
      const differing = countUnstable(unstable)
      if (stale.length + differing > 0) failed = true
      reasons.push(
        ...errorsIn(name, byRound),
        ...freshIn(name, byRound, sums, baseline !== undefined),
        ...goneIn(name, byRound, stale),
        ...stale.map(({ cause, detail }) => `${name} cause ${cause}: ${detail}`),
        ...(differing === 0 ? [] : [`${name} unstable from round to round: ${unstableInWords(unstable)}`]),
      )
      emit({
        kind: 'implementation-finished',
        implementation: name,
        watched: sums.flatMap((some, at) =>
          some.map((sum) => (rounds === 1 ? sum : { ...sum, round: at + 1 })),
        ),
        stale,
        ...(rounds === 1 ? {} : { unstable }),
      })
      const stable = first.filter(({ result }) => !unstable.cases.includes(result.scenario))
      return {
        results: stable,
        sums: sumUp(stable).filter((sum) => !unstable.monitors.includes(sumName(sum))),
        whole: all && unstable.cases.length + unstable.monitors.length === 0,
        roles,
        unstable,
        reasons,
        failed,
        broken,
        unfit,
      }
    },
  }
}
