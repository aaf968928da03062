import { EnvironmentError } from '../errors/errors.ts'
import type { Implementation, Replica } from '../implementations/implementation.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import { type Baseline, unexplainedIn } from './baseline.ts'
import type { Durations } from './durations.ts'
import { type LaneContext, type LaneOptions, playPools, putAway } from './lanes.ts'
import { createLedger, type JobOutcome } from './ledger.ts'
import { notPlayed } from './play-case.ts'
import { announce, type Plan, type Pool, type PoolPlan, planPools, type QueuedCase } from './pools.ts'
import { probe, spoils } from './probe.ts'
import { adviceFor, smokeFailure, smokesFor } from './smoke.ts'
import { unless } from './stopping.ts'
import type { NewRunEvent } from './store.ts'

/** One implementation and what to play against it. */
export interface Job {
  readonly implementation: Implementation
  readonly cases: readonly ScenarioCase[]
  /** Undefined when the implementation has no baseline. */
  readonly baseline?: Baseline | undefined
}

/** How the jobs of a run are played. */
export interface JobOptions extends LaneOptions {
  /**
   * The number of replicas of each implementation, each playing one case at a time. Timed cases
   * have replicas of their own.
   */
  readonly lanes: number
  /**
   * `accelerated`: timed cases run under the implementation's accelerated clock, all others under
   * its usual one, mostly real time. An implementation whose clock cannot be accelerated plays all
   * cases in real time, as with `real`.
   */
  readonly clock: 'real' | 'accelerated'
  /** Durations of cases in earlier runs: the longest begin first. */
  readonly durations?: Durations | undefined
  /** Ids of all existing cases, played or not: a baseline may name them. */
  readonly knownCases: readonly string[]
  /**
   * Cases that every working implementation of their role passes: played first and last, so that a
   * dead implementation is not reported as a deviating one.
   */
  readonly smokes: readonly ScenarioCase[]
  /**
   * Cases that place an ordinary call, the most informative first: when no call works, that is
   * reported once.
   */
  readonly probes: readonly ScenarioCase[]
}

/** The state of a job while it is played. */
interface JobState extends LaneContext {
  readonly options: JobOptions
  readonly plan: Plan
  /** The pool of ordinary cases first. */
  readonly pools: Pool[]
  /** For each pool, the start of its replicas. */
  readonly starts: Promise<void>[]
}

/**
 * Plays a job on its lanes, and stores everything as it happens.
 * @throws EnvironmentError when the implementation cannot be started; Stopped when the run is
 * stopped before it has started.
 */
export async function playJob(
  job: Job,
  options: JobOptions,
  emit: (event: NewRunEvent) => void,
): Promise<JobOutcome> {
  const { implementation, baseline, cases } = job
  const { name } = implementation
  const state: JobState = {
    implementation,
    options,
    emit,
    tell: (text) => emit({ kind: 'notice', text }),
    ledger: createLedger({ name, baseline, rounds: options.rounds ?? 1 }, emit),
    plan: planPools(cases, implementation, options),
    pools: [],
    starts: [],
  }
  const { pools, starts, tell } = state
  const unexplained = unexplainedIn(baseline)
  if (unexplained > 0) tell(`${name}: causes in its baseline without a name or reason: ${unexplained}`)
  try {
    const first = await startPools(state)
    emit(startedEvent(job, state.plan, first))
    finishSkipped(state)
    await playCases(state, first)
  } finally {
    // Replicas that are still starting are removed, too.
    await Promise.allSettled(starts)
    // A container that cannot be removed is only reported: all results are stored, and the next run
    // removes it.
    await Promise.all(pools.flatMap(({ replicas }) => replicas).map((replica) => putAway(replica, state)))
  }
  return state.ledger.close({
    whole: !options.signal.aborted,
    knownCases: options.knownCases,
    roles: implementation.pics.roles,
  })
}

/**
 * Begins to start all replicas, and waits for those of the ordinary pool. @returns its first
 * replica.
 */
async function startPools(state: JobState): Promise<Replica> {
  const { implementation, plan, pools, starts } = state
  starts.push(...[plan.ordinary, ...plan.timed].map((one) => startPool(state, one)))
  // A failed start is reported by `playPools`.
  for (const started of starts) started.catch(() => {})
  // The first lanes need not wait for replicas of timed cases.
  await starts[0]
  const first = pools[0]?.replicas[0]
  if (first === undefined) throw new EnvironmentError(`${implementation.name} started no replica`)
  return first
}

async function startPool({ implementation, options, pools, tell }: JobState, plan: PoolPlan): Promise<void> {
  const wait = announce(plan, implementation)
  if (wait !== undefined) tell(wait)
  const pool: Pool = { ...plan, replicas: [] }
  pools.push(pool)
  const start = implementation.start(plan.size, tell, plan.options)
  pool.replicas.push(...(await unless(options.signal, start)))
}

function startedEvent(
  { implementation, cases, baseline }: Job,
  { otherRole }: Plan,
  first: Replica,
): NewRunEvent {
  return {
    kind: 'implementation-started',
    implementation: implementation.name,
    title: implementation.title,
    pics: implementation.pics,
    provenance: first.provenance,
    planned: cases.filter((one) => !otherRole.includes(one)).map(({ id }) => id),
    ...(otherRole.length === 0 ? {} : { otherRole: new Set(otherRole.map(({ scenario }) => scenario)).size }),
    ...(baseline === undefined
      ? {}
      : { causes: baseline.causes.map(({ cases: _, monitors: __, ...cause }) => cause) }),
  }
}

function finishSkipped({ plan, options, ledger }: JobState): void {
  const { rounds = 1 } = options
  for (const { one, reason } of plan.skipped)
    for (let round = 1; round <= rounds; round++)
      ledger.finish({ result: notPlayed(one, 'skip', reason), watched: [], round }, 0)
}

/** Plays the cases of all pools, unless the smoke scenario fails. */
async function playCases(state: JobState, first: Replica): Promise<void> {
  const { implementation, options, pools, starts, ledger } = state
  const { signal } = options
  const playable = pools.flatMap(({ queue }) => queue)
  const smokes = smokesFor(
    playable.map(({ one }) => one),
    options.smokes,
    implementation.pics,
  )
  const dead = await smokeFailure(first, smokes, signal)
  if (dead !== undefined) {
    // An implementation that fails the smoke scenario is not judged: probably it is not set up
    // correctly.
    ledger.deadFrom(dead.smoke.id, {
      why: dead.why,
      remedies: [adviceFor(dead.smoke, first)],
      log: hasLog(implementation) ? dead.log : undefined,
      cases: playable.length,
    })
    leaveOut(state, playable, `the smoke scenario did not pass: ${dead.why}`)
    return
  }
  await leaveOutSpoiled(state, first, playable)
  await playPools(pools, starts, state)
  const living = pools[0]?.replicas.find((replica) => replica.death() === undefined)
  const end = living && !signal.aborted ? await smokeFailure(living, smokes, signal) : undefined
  if (end !== undefined) ledger.endOf(end.smoke.id, end.why)
}

/** When no call works, reports that once and leaves out the cases that need calls. */
async function leaveOutSpoiled(
  state: JobState,
  first: Replica,
  playable: readonly QueuedCase[],
): Promise<void> {
  const { implementation, options, pools, ledger } = state
  if (options.signal.aborted) return
  const { pics } = implementation
  const found = await probe(first, playable, { ...options, hasLog: hasLog(implementation) }, pics)
  for (const failure of found) {
    const spoiled = pools.flatMap(({ queue }) => {
      const left = queue.filter(({ one }) => !spoils(failure, one))
      const gone = queue.filter((queued) => !left.includes(queued))
      queue.splice(0, queue.length, ...left)
      return gone
    })
    ledger.diagnosed({ ...failure, cases: spoiled.length })
    leaveOut(state, spoiled, `the implementation ${failure.diagnosis.text}`)
  }
}

/** Records cases as inconclusive without playing them. */
function leaveOut({ ledger }: JobState, queuedCases: readonly QueuedCase[], reason: string): void {
  for (const { one, round } of queuedCases)
    ledger.finish({ result: notPlayed(one, 'inconclusive', reason), watched: [], round }, 0)
}

/** Whether the log of an implementation is accessible: only a container's is. */
function hasLog({ kind }: Implementation): boolean {
  return kind === 'container'
}
