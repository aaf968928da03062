import { setMaxListeners } from 'node:events'
import { emergencyStop } from '../implementations/cleanup.ts'
import type { Interruption, Io } from './io.ts'

/**
 * How long after an interruption everything may take to come to an end, in ms; `emergencyStop`
 * takes 10 s of it at most.
 */
const STOP_LIMIT = 12_000

/** How some work ended. */
export type Settled<T> =
  | { readonly value: T; readonly error?: never }
  | { readonly error: unknown; readonly value?: never }

/** Brings a run to an end when the user, the system or a bug wants that. */
export interface Stopper {
  /** Aborted at the interruption, with its reason. */
  readonly signal: AbortSignal
  /** What interrupted, if anything did. */
  interruption(): Interruption | undefined
  /**
   * The work's value; undefined as soon as there is an interruption. For work that leaves nothing
   * to tidy up.
   */
  unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined>
  /**
   * How the work ended; undefined when it had not by the time that an interruption leaves to it.
   */
  unlessLate<T>(work: Promise<T>): Promise<Settled<T> | undefined>
  /** After an interruption: when all containers are gone, or time is up. */
  stopped(): Promise<void>
  /** Stops listening. */
  end(): void
}

/**
 * From now on interruptions end the run in order: containers are removed at once, no further
 * scenario begins.
 */
export function listenForInterruptions(io: Io): Stopper {
  const controller = new AbortController()
  // Every case in flight listens; Node takes more than ten for a leak.
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
