import type { Clock } from '../network/network.ts'

/**
 * Times of the implementation's own. Under an accelerated clock it lives through `speed` seconds of
 * them in one of ours; all that a scenario says about the RFC's timers it says in them.
 */

/** When something may be seen that is due after a time: in ms of the implementation's time. */
export interface TimerWindow {
  readonly earliest: number
  readonly latest: number
}

/** Shares of the time itself: 60 s may be 55 to 75 (interpretation A-32). */
const EARLIER = 1 / 12
const LATER = 1 / 4
/**
 * What scheduling, here and there, may add to or take from a measurement, in ms of real time. An
 * accelerated clock makes much of it: 250 ms are 15 s at 60x.
 */
const JITTER = { before: 80, after: 250 }

/**
 * The window for a timer of `nominal` ms: a share of it, or what scheduling may do at that speed,
 * whichever is more.
 * @param speed as in the timer profile: at least 1.
 */
export function timerWindow(nominal: number, speed: number): TimerWindow {
  return {
    earliest: nominal - Math.max(nominal * EARLIER, JITTER.before * speed),
    latest: nominal + Math.max(nominal * LATER, JITTER.after * speed),
  }
}

/** `121 s`, or under an accelerated clock `121 s of its time (2.0 s at 60x)`. */
export function describeDuration(ms: number, speed: number): string {
  const own = seconds(ms)
  return speed === 1 ? own : `${own} of its time (${ours(ms, speed)} at ${speed}x)`
}

/**
 * Several durations, of which the shortest and the longest matter: `60 s to 121 s of its time (1.0
 * s to 2.0 s at 60x)`.
 */
export function describeDurations(all: readonly [number, ...number[]], speed: number): string {
  const shortest = Math.min(...all)
  const longest = Math.max(...all)
  if (seconds(shortest) === seconds(longest)) return describeDuration(longest, speed)
  const own = `${seconds(shortest)} to ${seconds(longest)}`
  return speed === 1
    ? own
    : `${own} of its time (${ours(shortest, speed)} to ${ours(longest, speed)} at ${speed}x)`
}

function ours(ms: number, speed: number): string {
  return `${(ms / speed / 1_000).toFixed(1)} s`
}

function seconds(ms: number): string {
  return `${ms < 9_950 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`
}

/** Measures from the moment it is made. */
export interface Stopwatch {
  /** ms of the implementation's time so far. */
  elapsed(): number
}

export function startStopwatch(clock: Clock, speed: number): Stopwatch {
  const started = clock.now()
  return { elapsed: () => (clock.now() - started) * speed }
}
