import { setMaxListeners } from 'node:events'
import { emergencyStop } from '../implementations/cleanup.ts'
import type { Interruption, Io } from './io.ts'

/**
 * ms after an interruption within which everything has to end; `emergencyStop` takes at most 10 s
 * of them.
 */
const STOP_LIMIT = 12_000

/** The value of some work, or the error with which it failed. */
export type Settled<T> =
  | { readonly value: T; readonly error?: never }
  | { readonly error: unknown; readonly value?: never }

/** Ends a run when a signal or an uncaught error interrupts it. */
export interface Stopper {
  /** Aborted at the interruption, with its reason. */
  readonly signal: AbortSignal
  /** The interruption; undefined when there was none. */
  interruption(): Interruption | undefined
  /**
   * Returns the value of some work, or undefined as soon as there is an interruption. For work that
   * leaves nothing to clean up.
   */
  unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined>
  /**
   * Returns how some work ended, or undefined when it has not ended in the time that it has after
   * an interruption.
   */
  unlessLate<T>(work: Promise<T>): Promise<Settled<T> | undefined>
  /** Resolves, after an interruption, when all containers are removed or the time is up. */
  stopped(): Promise<void>
  /** Stops listening. */
  end(): void
}

/**
 * Makes interruptions end the run in order from now on: containers are removed at once, and no
 * further scenario begins.
 */
export function listenForInterruptions(io: Io): Stopper {
  const controller = new AbortController()
  // Every case in play listens; Node warns of a leak if more than ten listeners do.
  setMaxListeners(0, controller.signal)
  let seen: Interruption | undefined
  let stopping: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let announce: () => void = () => {}
  let expire: () => void = () => {}
  const interrupted = new Promise<void>((resolve) => {
    announce = resolve
  })
  const late = new Promise<void>((resolve) => {
    expire = resolve
  })

  const forget = io.onInterruption((interruption) => {
    if (seen !== undefined) return
    seen = interruption
    io.stderr.write(`\n${interruption.reason}: stopping; the next signal ends this at once\n`)
    timer = setTimeout(expire, STOP_LIMIT)
    controller.abort(interruption.reason)
    stopping = Promise.race([emergencyStop(), late])
    announce()
  })

  return {
    signal: controller.signal,
    interruption: () => seen,
    unlessInterrupted: (work) => Promise.race([work, interrupted.then(() => undefined)]),
    unlessLate: (work) =>
      Promise.race([
        work.then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
        late.then(() => undefined),
      ]),
    async stopped() {
      await stopping
    },
    end() {
      clearTimeout(timer)
      forget()
    },
  }
}
