import { HarnessError } from '../errors/errors.ts'
import { requireDelay } from './failures.ts'
import type { Clock, Timer } from './network.ts'

/** How much a play on a virtual clock may use before it counts as a runaway. */
export interface ClockLimits {
  /** Virtual time in ms that one `run` may take; 24 hours unless given. */
  readonly time: number
  /** Events that one `run` may fire; 1,000,000 unless given. */
  readonly events: number
}

/**
 * A clock that jumps from one event to the next without waiting. Code under it is ordinary async
 * code; `run` drives it.
 */
export interface VirtualClock extends Clock {
  /** How many events have fired so far. */
  fired(): number
  /**
   * Fires events in order of time, and of insertion where times are equal, until the promise
   * settles; resolves or rejects as `until` does. Before each event, all promise reactions and
   * ticks that the last event caused have run. Immediates and real I/O are not waited for: code
   * under a virtual clock must not depend on them. Events still due are left for the next `run`.
   * @throws HarnessError named `DeadlockError` when the promise is unsettled and no event is left.
   * @throws HarnessError named `RunawayError` beyond a limit.
   */
  run<T>(until: Promise<T>): Promise<T>
}

const LIMITS: ClockLimits = { time: 24 * 60 * 60 * 1_000, events: 1_000_000 }

interface Event {
  readonly at: number
  readonly order: number
  fire: (() => void) | undefined
}

/** A virtual clock at time 0. */
export function createVirtualClock(limits: Partial<ClockLimits> = {}): VirtualClock {
  const { time: timeLimit, events: eventLimit } = { ...LIMITS, ...limits }
  const events = createQueue()
  let now = 0
  let inserted = 0
  let fired = 0
  let running = false

  const after = (delay: number, fire: () => void): Timer => {
    requireDelay(delay)
    const event: Event = { at: now + delay, order: inserted++, fire }
    events.add(event)
    return {
      cancel() {
        // A cancelled event stays in the queue and is skipped. Removal would cost more: timers are
        // cancelled far more often than they fire.
        event.fire = undefined
      },
    }
  }

  return {
    now: () => now,
    after,
    sleep: (delay) => new Promise((resolve) => void after(delay, resolve)),
    fired: () => fired,
    async run(until) {
      if (running) throw new HarnessError('NestedRunError', 3, 'The virtual clock is already running')
      running = true
      let settled = false
      const settle = (): void => {
        settled = true
      }
      until.then(settle, settle)
      const timeBound = now + timeLimit
      const eventBound = fired + eventLimit
      try {
        await takeTurns(() => {
          if (settled) return 'over'
          const event = events.next()
          if (event === undefined) throw deadlock(now)
          if (event.at > timeBound) throw runaway(`${timeLimit} ms of virtual time`)
          if (fired >= eventBound) throw runaway(`${eventLimit} events`)
          fired++
          now = event.at
          event.fire?.()
          return 'more'
        })
      } finally {
        running = false
      }
      return until
    },
  }
}

/** Turns in one round of the event loop, which costs several times as much as a turn. */
const TURNS = 16

/**
 * Calls `turn` until it returns 'over'; rejects when it throws. Between two turns all microtasks
 * and ticks run, however long their chains: Node guarantees this between any two immediates, even
 * within one round of its event loop.
 */
function takeTurns(turn: () => 'more' | 'over'): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = 0
    let over = false
    const queue = (): void => {
      left = TURNS
      for (let count = 0; count < TURNS; count++) setImmediate(next)
    }
    const next = (): void => {
      if (over) return
      try {
        if (turn() === 'over') {
          over = true
          resolve()
        }
      } catch (error) {
        over = true
        reject(error)
      }
      left--
      if (left === 0 && !over) queue()
    }
    queue()
  })
}

function deadlock(now: number): HarnessError {
  return new HarnessError(
    'DeadlockError',
    3,
    `Deadlock at virtual time ${now} ms: nothing left to wait for`,
    'Code awaits a message or a promise that never comes; give the wait a time-out on the clock',
  )
}

function runaway(limit: string): HarnessError {
  return new HarnessError(
    'RunawayError',
    3,
    `Runaway under virtual time: not over after ${limit}`,
    'Look for a timer that re-arms itself for ever, or raise the limit of the virtual clock',
  )
}

interface Queue {
  add(event: Event): void
  /** Takes out the first event that has not been cancelled. */
  next(): Event | undefined
}

/** A binary heap by time, then by order of insertion. */
function createQueue(): Queue {
  const heap: Event[] = []

  const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  const removeFirst = (): Event | undefined => {
    const first = heap[0]
    const moved = heap.pop()
    if (moved === undefined || moved === first) return first
    let hole = 0
    for (;;) {
      let child = hole * 2 + 1
      let smaller = heap[child]
      const right = heap[child + 1]
      if (smaller !== undefined && right !== undefined && before(right, smaller)) {
        child++
        smaller = right
      }
      if (smaller === undefined || before(moved, smaller)) break
      heap[hole] = smaller
      hole = child
    }
    heap[hole] = moved
    return first
  }

  return {
    add(event) {
      let hole = heap.length
      while (hole > 0) {
        const parent = (hole - 1) >> 1
        const above = heap[parent]
        if (above === undefined || before(above, event)) break
        heap[hole] = above
        hole = parent
      }
      heap[hole] = event
    },
    next() {
      let event = removeFirst()
      while (event !== undefined && event.fire === undefined) event = removeFirst()
      return event
    },
  }
}
