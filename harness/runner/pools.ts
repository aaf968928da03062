import type { Implementation, Replica, StartOptions } from '../implementations/implementation.ts'
import { inapplicable, type Need, type ScenarioCase, TIMED } from '../scenario/scenario.ts'
import type { Durations } from './durations.ts'

/** A case to be played, and its round, counted from 1. */
export interface QueuedCase {
  readonly one: ScenarioCase
  readonly round: number
}

/** A queue of cases of one kind, and how replicas for them are started. */
export interface PoolPlan {
  readonly queue: QueuedCase[]
  /** The number of replicas that play at the same time. */
  readonly size: number
  readonly options: Required<StartOptions>
}

/**
 * Replicas of one implementation that were started with the same options, and the queue from which
 * each takes one case after the other.
 */
export interface Pool extends PoolPlan {
  readonly replicas: Replica[]
}

/** Splits a job's cases by how they are played. */
export interface Plan {
  /** Played on the run's lanes. */
  readonly ordinary: PoolPlan
  /**
   * Timed cases, which wait side by side: a pool for those without calls, and one for those with
   * calls.
   */
  readonly timed: readonly PoolPlan[]
  readonly skipped: readonly { readonly one: ScenarioCase; readonly reason: string }[]
  /** Cases for a role that the implementation does not take. */
  readonly otherRole: readonly ScenarioCase[]
}

/** The clock that a run asks for; see `RunOptions` of run.ts. */
type WantedClock = 'real' | 'accelerated'

/**
 * The most timed cases of a pool that are played at the same time. Replicas mostly wait, but with
 * an accelerated clock the waits are shorter than the start of more replicas.
 */
const MOST_TIMED = { real: 16, accelerated: 5 } as const

interface PlanOptions {
  readonly lanes: number
  readonly clock: WantedClock
  readonly rounds?: number | undefined
  /** Durations of cases in earlier runs; absent when unknown. */
  readonly durations?: Pick<Durations, 'of'> | undefined
}

/** Cases that took longer than this many ms begin first; the others keep their order. */
const LONG = 2_000

/**
 * Splits cases by how they are played: skipped, on a lane, or, if they wait for a timer, beside the
 * lanes with the longest wait first.
 */
export function planPools(
  cases: readonly ScenarioCase[],
  { name, kind, pics, acceleration, lighterWithoutCalls }: Implementation,
  { lanes, clock, rounds = 1, durations }: PlanOptions,
): Plan {
  const queue: ScenarioCase[] = []
  const timed: ScenarioCase[] = []
  const skipped: { readonly one: ScenarioCase; readonly reason: string }[] = []
  const otherRole: ScenarioCase[] = []
  for (const one of cases) {
    if (!pics.roles.includes(one.scenario.iut)) {
      otherRole.push(one)
      continue
    }
    const reason = inapplicable(one, pics)
    if (reason !== undefined) skipped.push({ one, reason })
    else if (one.scenario.timer === undefined) queue.push(one)
    else timed.push(one)
  }
  timed.sort((a, b) => waitOf(b) - waitOf(a))
  // A remote implementation has only one instance, so its timed cases cannot be played at the same
  // time.
  const alone = kind === 'remote'
  if (alone) queue.push(...timed.splice(0))
  const took = (one: ScenarioCase) => durations?.of(name, one.id) ?? 0
  const long = queue.filter((one) => took(one) > LONG).sort((a, b) => took(b) - took(a))
  const first = new Set(kind === 'container' ? long : [])
  const order = [...first, ...queue.filter((one) => !first.has(one))]
  const timedClock = acceleration === undefined ? 'real' : clock
  return {
    ordinary: {
      queue: queuedCases(order, rounds),
      size: alone ? 1 : Math.max(1, Math.min(lanes, queue.length)),
      // Without a case only the smoke scenario is played, and that places no call.
      options: { calls: queue.length > 0, clock: clock === 'real' ? 'real' : 'usual' },
    },
    // Cases without calls get a pool of their own if replicas without calls are lighter.
    timed: [false, true].flatMap((calls) => {
      const queue = timed.filter((one) => (placesCalls(one) || lighterWithoutCalls !== true) === calls)
      const size = Math.min(MOST_TIMED[timedClock], queue.length)
      return size === 0
        ? []
        : [{ queue: queuedCases(queue, rounds), size, options: { calls, clock: timedClock } }]
    }),
    skipped,
    otherRole,
  }
}

/** Queues all cases of a round before those of the next. */
function queuedCases(cases: readonly ScenarioCase[], rounds: number): QueuedCase[] {
  return Array.from({ length: rounds }, (_, at) => cases.map((one) => ({ one, round: at + 1 }))).flat()
}

/** Says how many cases of a pool wait for timers, and how long; undefined when none does. */
export function announce(
  { queue, options: { clock } }: PoolPlan,
  { kind, acceleration = 1 }: Implementation,
): string | undefined {
  const waits = queue.map(({ one }) => waitOf(one)).filter((wait) => wait > 0)
  if (waits.length === 0 || kind === 'embedded') return undefined
  const counted = `${waits.length} timed ${waits.length === 1 ? 'case' : 'cases'}`
  if (kind === 'remote') {
    const minutes = Math.ceil(waits.reduce((sum, wait) => sum + wait, 0) / 60_000)
    return `${counted} one after the other, real clock: at most ${minutes} min; --tag '!${TIMED}' leaves them out`
  }
  const speed = clock === 'accelerated' ? acceleration : 1
  return `${counted} side by side, ${clock} clock: at most ${Math.ceil(Math.max(...waits) / speed / 1_000)} s each`
}

const NEEDS_CALLS: readonly Need[] = ['outgoing-calls', 'incoming-calls', 'ppp', 'two-calls']

function placesCalls({ needs }: ScenarioCase): boolean {
  return needs.some((need) => NEEDS_CALLS.includes(need))
}

/** How long a case waits for a timer of the implementation, in ms of its time. */
function waitOf(one: ScenarioCase): number {
  return one.scenario.timer?.wait ?? 0
}
