import type { Replica } from '../implementations/implementation.ts'
import type { Role } from '../scenario/requirement.ts'
import { casesInRoles } from '../scenario/scenario.ts'
import { type Baseline, type Expectations, expectationsOf } from './baseline.ts'
import { compareResult, compareSum } from './compare.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { EventOf, WatchedSum } from './events.ts'
import type { Stored } from './keeper.ts'
import { errorsIn, freshIn, goneIn, staleIn } from './reasons.ts'
import { type PlayedResult, type Recorded, sumName, sumsOf } from './recorded.ts'
import { countUnstable, type Unstable, unstableIn, unstableInWords } from './stability.ts'
import type { NewRunEvent } from './store.ts'

/** The outcome of a job. */
export interface JobOutcome {
  /** Results of the first round, without the cases that differ between rounds. */
  readonly results: readonly PlayedResult[]
  /** Findings of monitors in these cases, without those that differ between rounds. */
  readonly sums: readonly WatchedSum[]
  /** Whether `results` and `sums` are complete: all existing cases for its roles, all monitors. */
  readonly whole: boolean
  /** The roles that the implementation takes. */
  readonly roles: readonly Role[]
  readonly unstable: Unstable
  /** The reasons why the exit code is not 0, one for each cause. */
  readonly reasons: readonly string[]
  /** Whether a result was not as expected: exit code 1. */
  readonly failed: boolean
  /** Whether the harness or its environment is at fault: exit code 3. */
  readonly broken: boolean
  /**
   * The reason why no baseline should be made of the results: they say more about the run than
   * about the implementation. Undefined when one may be made.
   */
  readonly unfit: string | undefined
}

/** Further facts about an implementation that does not work. */
type Symptoms = Pick<EventOf<'diagnosis'>, 'remedies' | 'log' | 'cases'>

/** A case that was played: its result, the clock of the play, and how it is kept. */
export interface FinishedCase extends PlayedResult {
  readonly clock?: Pick<EventOf<'scenario-finished'>, 'clock' | 'speed'>
  /** Writes the files of the case. @param isUnexpected whether its result is not as expected. */
  readonly keep?: (isUnexpected: boolean) => Stored
  /** Counted from 1; 1 unless given. */
  readonly round?: number
}

/**
 * Records the results of a job: compares each with the baseline, emits its event, and collects the
 * reasons why the run is red.
 */
export interface Ledger {
  /** Records the result of a case; `replica` is the one on which it was played. */
  finish(finished: FinishedCase, lane: number, replica?: Replica): void
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
   * Ends the job. `whole`: no case was left out on purpose. `knownCases`: the cases that a baseline
   * may name; those for a role that the implementation does not take are ignored.
   */
  close(end: {
    readonly whole: boolean
    readonly knownCases: readonly string[]
    readonly roles: readonly Role[]
  }): JobOutcome
}

/** The job of which a ledger records the results. */
interface LedgerSubject {
  readonly name: string
  readonly baseline: Baseline | undefined
  readonly rounds?: number
  /** Whether a cause of the baseline need not show. */
  readonly mayBeAbsent?: (cause: string) => boolean
}

/** The state of a ledger. */
interface LedgerState {
  readonly name: string
  readonly baseline: Baseline | undefined
  readonly expectations: Expectations | undefined
  readonly rounds: number
  readonly mayBeAbsent: LedgerSubject['mayBeAbsent']
  readonly emit: (event: NewRunEvent) => void
  readonly byRound: readonly Recorded[][]
  readonly reasons: string[]
  /** The last case that was played on each replica. */
  readonly lastOn: Map<Replica, string>
  readonly dead: Set<Replica>
  failed: boolean
  broken: boolean
  unfit: string | undefined
}

/** Creates an empty ledger; `emit` is called with its events. */
export function createLedger(
  { name, baseline, rounds = 1, mayBeAbsent }: LedgerSubject,
  emit: (event: NewRunEvent) => void,
): Ledger {
  const state: LedgerState = {
    name,
    baseline,
    expectations: baseline && expectationsOf(baseline),
    rounds,
    mayBeAbsent,
    emit,
    byRound: Array.from({ length: rounds }, () => []),
    reasons: [],
    lastOn: new Map(),
    dead: new Set(),
    failed: false,
    broken: false,
    unfit: undefined,
  }
  return {
    finish: (finished, lane, replica) => finish(state, finished, lane, replica),
    died: (replica) => died(state, replica),
    deadFrom: (smoke, found) => deadFrom(state, smoke, found),
    diagnosed: (found) => diagnosed(state, found),
    endOf: (smoke, why) => endOf(state, smoke, why),
    close: (end) => close(state, end),
  }
}

function complain({ reasons, emit }: LedgerState, text: string): void {
  reasons.push(text)
  emit({ kind: 'notice', text })
}

function finish(
  state: LedgerState,
  { result, watched, clock, keep, round = 1 }: FinishedCase,
  lane: number,
  replica: Replica | undefined,
): void {
  const { name, rounds, expectations } = state
  const comparison = compareResult(result, expectations)
  const stored = keep?.(comparison.kind === 'unexpected')
  state.byRound[round - 1]?.push({ result, watched, comparison, frames: stored?.frames ?? {} })
  if (replica !== undefined) state.lastOn.set(replica, result.scenario)
  if (result.verdict === 'error') {
    state.broken = true
    state.unfit ??= `${result.scenario} ended in an error`
  } else if (comparison.kind === 'unexpected') state.failed = true
  else if (comparison.kind === 'no-baseline' && result.verdict !== 'warn') state.failed = true
  const violations = watched.filter(({ verdict }) => verdict !== 'pass')
  state.emit({
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
}

function died(state: LedgerState, replica: Replica): void {
  const { name, dead, lastOn } = state
  if (dead.has(replica)) return
  dead.add(replica)
  state.failed = true
  state.unfit ??= 'it died'
  const last = lastOn.get(replica)
  complain(
    state,
    `${name} died ${last === undefined ? 'before its first case' : `in ${last}, or right after it`}: ${replica.death()}`,
  )
}

function deadFrom(
  state: LedgerState,
  smoke: string,
  { why, ...symptoms }: Parameters<Ledger['deadFrom']>[1],
): void {
  const { name } = state
  state.broken = true
  state.unfit = `it does not pass the smoke scenario ${smoke}`
  state.reasons.push(`${name} does not pass the smoke scenario ${smoke}: ${why}`)
  state.emit({
    kind: 'diagnosis',
    implementation: name,
    text: `does not pass the smoke scenario ${smoke}: ${why}`,
    ...symptoms,
  })
}

function diagnosed(
  state: LedgerState,
  { diagnosis: { text, remedies }, log, cases }: Parameters<Ledger['diagnosed']>[0],
): void {
  const { name } = state
  state.failed = true
  state.unfit = `it ${text}`
  state.reasons.push(`${name} ${text}`)
  state.emit({ kind: 'diagnosis', implementation: name, text, remedies, log, cases })
}

function endOf(state: LedgerState, smoke: string, why: string): void {
  state.failed = true
  state.unfit ??= 'it no longer passes the smoke scenario at the end'
  complain(state, `${state.name} no longer passes the smoke scenario ${smoke} at the end of the run: ${why}`)
}

function close(state: LedgerState, { whole, knownCases, roles }: Parameters<Ledger['close']>[0]): JobOutcome {
  const { name, baseline, expectations, rounds, byRound, reasons, emit } = state
  const sums = byRound.map((recorded) => comparedSums(recorded, expectations))
  const first = byRound[0] ?? []
  const finished = new Set(first.map(({ result }) => result.scenario))
  const all = whole && casesInRoles(knownCases, roles).every((id) => finished.has(id))
  const stale = staleIn(baseline, byRound, sums, all, state.mayBeAbsent)
  const unstable = unstableIn(byRound, expectations)
  const differing = countUnstable(unstable)
  if (sums.flat().some(isUnexpected) || stale.length + differing > 0) state.failed = true
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
    watched: sums.flatMap((some, at) => some.map((sum) => (rounds === 1 ? sum : { ...sum, round: at + 1 }))),
    stale,
    ...(rounds === 1 ? {} : { unstable }),
  })
  const stable = first.filter(({ result }) => !unstable.cases.includes(result.scenario))
  return {
    results: stable,
    sums: comparedSums(stable, expectations).filter((sum) => !unstable.monitors.includes(sumName(sum))),
    whole: all && unstable.cases.length + unstable.monitors.length === 0,
    roles,
    unstable,
    reasons,
    failed: state.failed,
    broken: state.broken,
    unfit: state.unfit,
  }
}

/** Sums the findings of monitors in these results, and compares the sums with the baseline. */
function comparedSums(
  recorded: readonly Recorded[],
  expectations: Expectations | undefined,
): readonly WatchedSum[] {
  return sumsOf(recorded).map((sum) => ({ ...sum, comparison: compareSum(sum, expectations) }))
}

function isUnexpected({ comparison, verdict }: WatchedSum): boolean {
  return comparison.kind === 'unexpected' || (comparison.kind === 'no-baseline' && verdict === 'fail')
}
