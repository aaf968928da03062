import { messageOf } from '../errors/errors.ts'
import type { Implementation, Replica } from '../implementations/implementation.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import type { Growth } from './growth.ts'
import type { Keeper } from './keeper.ts'
import type { FinishedCase, Ledger } from './ledger.ts'
import {
  type CaseOutcome,
  type Conditions,
  configure,
  firstUniqueOf,
  notPlayed,
  playCase,
  reached,
} from './play-case.ts'
import type { Pool, QueuedCase } from './pools.ts'
import { orStopped, Stopped, unless } from './stopping.ts'
import type { NewRunEvent } from './store.ts'

/** Options of lanes. */
export interface LaneOptions extends Conditions {
  readonly keeper: Keeper
  /** The number of times that every case is played; 1 unless given. */
  readonly rounds?: number | undefined
  /** Adds lanes while the machine is idle; absent when their number is fixed. */
  readonly growth?: Growth | undefined
  /** Aborted on Ctrl-C: no further case is begun. Its reason says why. */
  readonly signal: AbortSignal
}

/** The part of a job's state that its lanes share. */
export interface LaneContext {
  readonly implementation: Implementation
  readonly options: LaneOptions
  readonly emit: (event: NewRunEvent) => void
  readonly tell: (text: string) => void
  readonly ledger: Ledger
}

/**
 * The most replicas that are started in place of dead ones, so that an implementation that dies in
 * every case is not started for ever.
 */
const MOST_SUCCESSORS = 10

/** The state of a job's lanes while it is played. */
interface LanesState {
  readonly at: LaneContext
  /** The number of lanes so far: each lane has a number of its own. */
  lanes: number
  /** The number of replicas that were started in place of dead ones. */
  successors: number
  /** Replicas that were stopped because the machine was crowded: these did not die. */
  readonly retired: Set<Replica>
}

/** Plays the cases of a pool on one of its replicas, one after the other. */
interface Lane {
  readonly pool: Pool
  /** Which of the pool's replicas it plays on. */
  readonly index: number
  readonly number: number
  /** `added`: begun while the machine was idle; ends when the machine is crowded. */
  readonly kind: 'planned' | 'added'
}

/**
 * Plays the cases of all pools.
 * @param starts for each pool, a promise that its replicas have been started.
 * @throws the error of a failed start, after all other pools have played.
 */
export async function playPools(
  pools: readonly Pool[],
  starts: readonly Promise<void>[],
  at: LaneContext,
): Promise<void> {
  const state: LanesState = { at, lanes: 0, successors: 0, retired: new Set() }
  // Assigned before any lane is added: each lane has a number of its own.
  const firstLanes = pools.map((pool) => {
    const first = state.lanes
    state.lanes += pool.size
    return first
  })
  const ends = await Promise.allSettled(
    pools.map(async (pool, which) => {
      await starts[which]
      // No lane is added for timed cases: they mostly wait, and their pools have enough replicas.
      await playPool(state, pool, firstLanes[which] ?? 0, which === 0 ? addWhileIdle : addNone)
    }),
  )
  const failure = ends.find((end) => end.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/** Allows a pool further lanes, or none. @returns a function that waits for the added lanes. */
type AddLanes = (state: LanesState, pool: Pool) => () => Promise<unknown>

async function playPool(state: LanesState, pool: Pool, first: number, add: AddLanes): Promise<void> {
  const { at, retired } = state
  const added = add(state, pool)
  await Promise.all(
    pool.replicas.map((_, index) => playLane(state, { pool, index, number: first + index, kind: 'planned' })),
  )
  await added()
  if (at.options.signal.aborted) return
  for (const replica of pool.replicas)
    if (replica.death() !== undefined && !retired.has(replica)) at.ledger.died(replica)
  // Cases are left in the queue only when no replica of the pool is alive.
  for (const { one, round } of pool.queue.splice(0))
    at.ledger.finish(
      { result: notPlayed(one, 'inconclusive', 'the implementation is dead'), watched: [], round },
      first,
    )
}

async function playLane(state: LanesState, lane: Lane): Promise<void> {
  const { at } = state
  const { signal, growth } = at.options
  const { pool, index } = lane
  for (let played = 0; !signal.aborted; played++) {
    const replica = pool.replicas[index]
    if (replica === undefined) return
    if (lane.kind === 'added' && growth?.shouldEnd() === true) {
      state.retired.add(replica)
      await putAway(replica, at)
      return
    }
    if (replica.death() !== undefined) {
      at.ledger.died(replica)
      if (pool.queue.length === 0 || !(await replaceDead(state, lane, replica))) return
      continue
    }
    const queued = pool.queue.shift()
    if (queued === undefined) return
    await playQueued(at, lane, queued, replica, played)
  }
}

/**
 * Plays one case on a living replica. When the run is stopped during the play, no result is
 * recorded.
 */
async function playQueued(
  at: LaneContext,
  { pool, number }: Lane,
  queued: QueuedCase,
  replica: Replica,
  played: number,
): Promise<void> {
  const { implementation, options, ledger } = at
  const { signal } = options
  const { one } = queued
  at.emit({
    kind: 'scenario-started',
    implementation: implementation.name,
    scenario: one.id,
    lane: number,
    ...((options.rounds ?? 1) === 1 ? {} : { round: queued.round }),
  })
  const playing = playOn(replica, one, firstUniqueOf(number, played), options)
  const outcome = await orStopped(signal, playing)
  if (outcome instanceof Stopped || signal.aborted) return
  // The replica died before this case, so the case goes back into the queue.
  if (replica.death() !== undefined && !reached(outcome.trace)) pool.queue.unshift(queued)
  else ledger.finish(finishedCase(outcome, queued, replica, at), number, replica)
}

/** Starts another replica in place of a dead one. @returns whether one runs. */
async function replaceDead(state: LanesState, { pool, index }: Lane, dead: Replica): Promise<boolean> {
  const { at } = state
  const { signal } = at.options
  if (state.successors === MOST_SUCCESSORS) return false
  state.successors++
  const { name } = at.implementation
  try {
    const start = at.implementation.start(1, at.tell, pool.options)
    const [successor] = await unless(signal, start)
    if (successor === undefined) return false
    pool.replicas[index] = successor
  } catch (error) {
    if (!signal.aborted) at.tell(`${name} cannot be started again: ${messageOf(error)}`)
    return false
  }
  await putAway(dead, at)
  return true
}

const addNone: AddLanes = () => async () => {}

const addWhileIdle: AddLanes = (state, pool) => {
  const { at } = state
  const { signal, growth } = at.options
  const { implementation } = at
  const added: Promise<void>[] = []
  let ended = 0
  let starting: Promise<void> = Promise.resolve()
  const start = async (): Promise<void> => {
    try {
      // Without progress messages: the user need not know about added lanes.
      const [replica] = await unless(
        signal,
        implementation.start(1, () => {}, pool.options),
      )
      if (replica === undefined) return
      const index = pool.replicas.push(replica) - 1
      const end = () => void ended++
      added.push(playLane(state, { pool, index, number: state.lanes++, kind: 'added' }).finally(end))
    } catch (error) {
      leave?.()
      if (!signal.aborted)
        at.tell(
          `${implementation.name}: no further replica can be started, so no lane is added: ${messageOf(error)}`,
        )
    }
  }
  const lanesOf = () => pool.replicas.length - ended
  const leave = growth?.join({
    waiting: () => (signal.aborted ? 0 : pool.queue.length / (lanesOf() || 1)),
    lanes: lanesOf,
    grow() {
      starting = start()
      return starting
    },
  })
  return async () => {
    leave?.()
    // A replica that is still starting belongs to this job, and is removed with the others.
    await starting
    await Promise.all(added)
  }
}

/** Prepares a replica for a case and plays the case on it. */
async function playOn(
  replica: Replica,
  one: ScenarioCase,
  firstUnique: number,
  options: LaneOptions,
): Promise<CaseOutcome> {
  const refusal = await configure(one, replica)
  if (refusal === undefined) return playCase(one, replica, firstUnique, options)
  return {
    result: notPlayed(one, 'error', refusal),
    watched: [],
    trace: { startedAt: Date.now(), entries: [] },
    log: [],
  }
}

function finishedCase(
  outcome: CaseOutcome,
  queued: QueuedCase,
  { timers: { speed } }: Replica,
  { implementation: { kind, name }, options }: LaneContext,
): FinishedCase {
  return {
    result: outcome.result,
    watched: outcome.watched,
    round: queued.round,
    clock: { clock: kind === 'embedded' ? 'virtual' : speed === 1 ? 'real' : 'accelerated', speed },
    keep: (isUnexpected) => options.keeper.keep(outcome, queued, name, isUnexpected),
  }
}

/** Stops a replica; reports when it is not removed completely. */
export async function putAway(
  replica: Replica,
  { implementation: { name }, tell }: Pick<LaneContext, 'implementation' | 'tell'>,
): Promise<void> {
  try {
    await replica.stop()
  } catch (error) {
    tell(`${name}: a replica was not removed completely: ${messageOf(error)}`)
  }
}
