import { EnvironmentError, messageOf } from '../errors/errors.ts'
import type { Implementation, Replica } from '../implementations/implementation.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import { type Baseline, unexplainedIn } from './baseline.ts'
import { announce, type Crew, type CrewPlan, planCrews, type Turn } from './crews.ts'
import type { Durations } from './durations.ts'
import type { Growth } from './growth.ts'
import type { Keeper } from './keeper.ts'
import { createLedger, type Entry, type JobOutcome, type Ledger } from './ledger.ts'
import {
  type CaseOutcome,
  type Conditions,
  configure,
  firstUniqueOf,
  notPlayed,
  playCase,
  reached,
} from './play-case.ts'
import { probe, spoils } from './probe.ts'
import { adviceFor, smokeFailure, smokesFor } from './smoke.ts'
import type { NewRunEvent } from './store.ts'

/** One implementation and what to play against it. */
export interface Job {
  readonly implementation: Implementation
  readonly cases: readonly ScenarioCase[]
  /** Undefined: no deviation is expected, and none is known. */
  readonly baseline?: Baseline | undefined
}

/** How the jobs of a run are played. */
export interface JobOptions extends Conditions {
  /**
   * Replicas of each implementation, each playing one case at a time. Timed cases have others
   * besides.
   */
  readonly lanes: number
  /**
   * `accelerated`: timed cases live under the implementation's accelerated clock, and all others
   * under its usual one, which mostly is ours; an implementation whose clock cannot be accelerated
   * plays all in real time, as `real` has it.
   */
  readonly clock: 'real' | 'accelerated'
  readonly keeper: Keeper
  /** How long cases took in earlier runs: the longest are begun first. */
  readonly durations?: Durations | undefined
  /** How many times everything is played; once unless given. */
  readonly rounds?: number | undefined
  /** Ids of every case that exists, played or not: what a baseline may speak of. */
  readonly knownCases: readonly string[]
  /**
   * Cases that every sane implementation of their role passes: played first and last, so that a
   * dead one is not taken for a wrong one.
   */
  readonly smokes: readonly ScenarioCase[]
  /**
   * Cases that place an ordinary call, the most telling first: where calls do not work at all, that
   * is said once.
   */
  readonly probes: readonly ScenarioCase[]
  /** Adds lanes while the machine is idle; absent where their number is fixed. */
  readonly growth?: Growth | undefined
  /** Aborted on Ctrl-C: no further case is begun. Its reason says why. */
  readonly signal: AbortSignal
}

/**
 * Replicas that are started in the place of dead ones. An implementation that dies at everything is
 * not started for ever.
 */
const MOST_SUCCESSORS = 10

/**
 * Plays a job on its lanes, and stores everything as it happens.
 * @throws EnvironmentError when the implementation cannot be started; Stopped when the run is
 * stopped before it is.
 */
export async function playJob(
  job: Job,
  options: JobOptions,
  emit: (event: NewRunEvent) => void,
): Promise<JobOutcome> {
  const { implementation, baseline, cases } = job
  const { signal } = options
  const { name } = implementation
  const tell = (text: string): void => emit({ kind: 'notice', text })
  const { rounds = 1 } = options
  const ledger = createLedger({ name, baseline, rounds }, emit)
  const plan = planCrews(cases, implementation, options)
  const unexplained = unexplainedIn(baseline)
  if (unexplained > 0)
    tell(`${name}: ${unexplained} of the causes in its baseline have no name or reason yet`)
  const crews: Crew[] = []
  const hires: Promise<void>[] = []
  const hire = async (plan: CrewPlan): Promise<void> => {
    const wait = announce(plan, implementation)
    if (wait !== undefined) tell(wait)
    const crew: Crew = { ...plan, replicas: [] }
    crews.push(crew)
    const start = implementation.start(plan.size, tell, plan.options)
    crew.replicas.push(...(await unless(signal, start)))
  }
  try {
    hires.push(...[plan.ordinary, ...plan.timed].map(hire))
    // Somebody hears of every failure: who plays the crew.
    for (const hired of hires) hired.catch(() => {})
    // The first lanes need not wait for replicas of timed cases.
    await hires[0]
    const first = crews[0]?.replicas[0]
    if (first === undefined) throw new EnvironmentError(`${name} started no replica`)
    emit({
      kind: 'implementation-started',
      implementation: name,
      title: implementation.title,
      pics: implementation.pics,
      provenance: first.provenance,
      planned: cases.filter((one) => !plan.otherRole.includes(one)).map(({ id }) => id),
      ...(plan.otherRole.length === 0
        ? {}
        : { otherRole: new Set(plan.otherRole.map(({ scenario }) => scenario)).size }),
      ...(baseline === undefined
        ? {}
        : { causes: baseline.causes.map(({ cases: _, monitors: __, ...cause }) => cause) }),
    })
    for (const { one, reason } of plan.skipped)
      for (let round = 1; round <= rounds; round++)
        ledger.finish({ result: notPlayed(one, 'skip', reason), watched: [], round }, 0)
    const playable = crews.flatMap(({ queue }) => queue)
    const smokes = smokesFor(
      playable.map(({ one }) => one),
      options.smokes,
      implementation.pics,
    )
    // Of what runs elsewhere, and of the embedded reference, there is none.
    const hasLog = implementation.kind === 'container'
    const dead = await smokeFailure(first, smokes, signal)
    const leaveOut = (turns: readonly Turn[], reason: string) => {
      for (const { one, round } of turns)
        ledger.finish({ result: notPlayed(one, 'inconclusive', reason), watched: [], round }, 0)
    }
    if (dead === undefined) {
      const found = signal.aborted
        ? []
        : await probe(first, playable, { ...options, hasLog }, implementation.pics)
      for (const failure of found) {
        const spoiled = crews.flatMap(({ queue }) => {
          const left = queue.filter(({ one }) => !spoils(failure, one))
          const gone = queue.filter((turn) => !left.includes(turn))
          queue.splice(0, queue.length, ...left)
          return gone
        })
        ledger.diagnosed({ ...failure, cases: spoiled.length })
        leaveOut(spoiled, `the implementation ${failure.diagnosis.text}`)
      }
      await playCrews(crews, hires, { implementation, options, emit, tell, ledger })
      const living = crews[0]?.replicas.find((replica) => replica.death() === undefined)
      const end = living && !signal.aborted ? await smokeFailure(living, smokes, signal) : undefined
      if (end !== undefined) ledger.endOf(end.smoke.id, end.why)
    } else {
      // Nothing can be said about an implementation that does not even get through this: the fault
      // is in how it is run.
      ledger.deadFrom(dead.smoke.id, {
        why: dead.why,
        remedies: [adviceFor(dead.smoke, first)],
        log: hasLog ? dead.log : undefined,
        cases: playable.length,
      })
      leaveOut(playable, `the smoke scenario did not pass: ${dead.why}`)
    }
  } finally {
    // What is still being started is put away, too.
    await Promise.allSettled(hires)
    // All results are there, and the next run removes what this one leaves behind.
    await Promise.all(
      crews.flatMap(({ replicas }) => replicas).map((replica) => putAway(replica, name, tell)),
    )
  }
  return ledger.close({
    whole: !signal.aborted,
    knownCases: options.knownCases,
    roles: implementation.pics.roles,
  })
}

/** What lanes have in common. */
interface Workplace {
  readonly implementation: Implementation
  readonly options: JobOptions
  readonly emit: (event: NewRunEvent) => void
  readonly tell: (text: string) => void
  readonly ledger: Ledger
}

/**
 * @param hires for each crew, that its replicas have been started. @throws what a start has thrown,
 * when all others have played.
 */
async function playCrews(
  crews: readonly Crew[],
  hires: readonly Promise<void>[],
  at: Workplace,
): Promise<void> {
  const { signal } = at.options
  let lanes = 0
  let successors = 0
  /** Those that were stopped because the machine had no room for them: that is no death. */
  const retired = new Set<Replica>()

  /** Another replica in the place of a dead one; false where there is none. */
  const succeed = async (crew: Crew, seat: number, dead: Replica): Promise<boolean> => {
    if (successors === MOST_SUCCESSORS) return false
    successors++
    const { name } = at.implementation
    try {
      const start = at.implementation.start(1, at.tell, crew.options)
      const [successor] = await unless(signal, start)
      if (successor === undefined) return false
      crew.replicas[seat] = successor
    } catch (error) {
      if (!signal.aborted) at.tell(`${name} cannot be started again: ${messageOf(error)}`)
      return false
    }
    await putAway(dead, name, at.tell)
    return true
  }

  const playLane = async (crew: Crew, seat: number, lane: number, isExtra = false): Promise<void> => {
    for (let played = 0; !signal.aborted; played++) {
      const replica = crew.replicas[seat]
      if (replica === undefined) return
      if (isExtra && at.options.growth?.shouldEnd() === true) {
        retired.add(replica)
        await putAway(replica, at.implementation.name, at.tell)
        return
      }
      if (replica.death() !== undefined) {
        at.ledger.died(replica)
        if (crew.queue.length === 0 || !(await succeed(crew, seat, replica))) return
        continue
      }
      const turn = crew.queue.shift()
      if (turn === undefined) return
      const { one } = turn
      at.emit({
        kind: 'scenario-started',
        implementation: at.implementation.name,
        scenario: one.id,
        lane,
        ...((at.options.rounds ?? 1) === 1 ? {} : { round: turn.round }),
      })
      const playing = playOn(replica, one, firstUniqueOf(lane, played), at.options)
      const outcome = await orStopped(signal, playing)
      if (outcome instanceof Stopped || signal.aborted) return
      // It had died before: that is no result of this case.
      if (replica.death() !== undefined && !reached(outcome.trace)) crew.queue.unshift(turn)
      else at.ledger.finish(entryOf(outcome, turn, replica, at), lane, replica)
    }
  }

  /** Lets a crew have more lanes; what comes back waits for those that it got. */
  const letGrow = (crew: Crew): (() => Promise<unknown>) => {
    const extra: Promise<void>[] = []
    let ended = 0
    let starting: Promise<void> = Promise.resolve()
    const start = async (): Promise<void> => {
      try {
        // Quietly: it is no news to the user.
        const [replica] = await unless(
          signal,
          at.implementation.start(1, () => {}, crew.options),
        )
        if (replica === undefined) return
        const seat = crew.replicas.push(replica) - 1
        const end = () => void ended++
        extra.push(playLane(crew, seat, lanes++, true).finally(end))
      } catch (error) {
        leave?.()
        if (!signal.aborted)
          at.tell(`${at.implementation.name}: no more lanes, for none can be started: ${messageOf(error)}`)
      }
    }
    const lanesOf = () => crew.replicas.length - ended
    const leave = at.options.growth?.join({
      waiting: () => (signal.aborted ? 0 : crew.queue.length / (lanesOf() || 1)),
      lanes: lanesOf,
      grow() {
        starting = start()
        return starting
      },
    })
    return async () => {
      leave?.()
      // One that is being started belongs to this job: it is put away with the others.
      await starting
      await Promise.all(extra)
    }
  }

  // Before any lane is added: each has a number of its own.
  const firstLanes = crews.map((crew) => {
    const first = lanes
    lanes += crew.size
    return first
  })
  const ends = await Promise.allSettled(
    crews.map(async (crew, which) => {
      const first = firstLanes[which] ?? 0
      await hires[which]
      // Timed cases mostly sleep, and have replicas enough.
      const grown = which === 0 ? letGrow(crew) : undefined
      await Promise.all(crew.replicas.map((_, seat) => playLane(crew, seat, first + seat)))
      await grown?.()
      if (signal.aborted) return
      for (const replica of crew.replicas)
        if (replica.death() !== undefined && !retired.has(replica)) at.ledger.died(replica)
      // No lane leaves anything behind while it lives.
      for (const { one, round } of crew.queue.splice(0))
        at.ledger.finish(
          { result: notPlayed(one, 'inconclusive', 'the implementation is dead'), watched: [], round },
          first,
        )
    }),
  )
  const failure = ends.find((end) => end.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/** Plays a case on a replica that is made ready for it. */
async function playOn(
  replica: Replica,
  one: ScenarioCase,
  firstUnique: number,
  options: JobOptions,
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

function entryOf(
  outcome: CaseOutcome,
  turn: Turn,
  { timers: { speed } }: Replica,
  { implementation: { kind, name }, options }: Workplace,
): Entry {
  return {
    result: outcome.result,
    watched: outcome.watched,
    round: turn.round,
    clock: { clock: kind === 'embedded' ? 'virtual' : speed === 1 ? 'real' : 'accelerated', speed },
    keep: (isUnexpected) => options.keeper.keep(outcome, turn, name, isUnexpected),
  }
}

async function putAway(replica: Replica, name: string, tell: (text: string) => void): Promise<void> {
  try {
    await replica.stop()
  } catch (error) {
    tell(`${name}: not all was cleared away: ${messageOf(error)}`)
  }
}

/** The run was stopped before what was waited for had come. */
class Stopped extends Error {}

/**
 * What was being started, unless the run is stopped before: then nobody waits for it any more.
 * @throws Stopped in that case.
 */
async function unless<T>(signal: AbortSignal, start: Promise<T>): Promise<T> {
  const started = await orStopped(signal, start)
  if (!(started instanceof Stopped)) return started
  start.catch(() => {})
  throw started
}

/**
 * What comes first: the end of some work, or that of the run. No `Promise.race` with one promise
 * for the whole run: that would keep whatever has come of every work, traces and all, until the run
 * is over.
 */
function orStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | Stopped> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(new Stopped(`stopped: ${signal.reason}`))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
