import type { Clock } from '../network/network.ts'

/**
 * Conversions between the implementation's time and ours. Under an accelerated clock `speed`
 * seconds pass for the implementation during one of ours. Scenarios speak of the RFC's timers in
 * the implementation's time.
 */

/** When an event that is due at a certain time may be seen, in ms of the implementation's time. */
export interface TimerWindow {
  readonly earliest: number
  readonly latest: number
}

/** Tolerances as shares of the nominal time: 60 s may be 55 to 75 s (interpretation A-32). */
const EARLIER = 1 / 12
const LATER = 1 / 4
/**
 * By how much a measurement may be too early or too late because of scheduling on both sides, in ms
 * of real time. An accelerated clock magnifies it: 250 ms are 15 s at 60x.
 */
const JITTER = { before: 80, after: 250 }

/**
 * Returns the window for a timer of `nominal` ms. On each side it is as wide as a share of the
 * nominal time, or as the jitter of scheduling at that speed, whichever is more.
 * @param speed as in the timer profile: at least 1.
 */
export function timerWindow(nominal: number, speed: number): TimerWindow {
  return {
    earliest: nominal - Math.max(nominal * EARLIER, JITTER.before * speed),
    latest: nominal + Math.max(nominal * LATER, JITTER.after * speed),
  }
}

/** Returns `121 s`, or under an accelerated clock `121 s of its time (2.0 s at 60x)`. */
export function describeDuration(ms: number, speed: number): string {
  const own = seconds(ms)
  return speed === 1 ? own : `${own} of its time (${ours(ms, speed)} at ${speed}x)`
}

/**
 * Returns the shortest and the longest of several durations in words: `60 s to 121 s of its time
 * (1.0 s to 2.0 s at 60x)`.
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

/** Measures time from the moment it is made. */
export interface Stopwatch {
  /** Returns the time so far, in ms of the implementation's time. */
  elapsed(): number
}

export function startStopwatch(clock: Clock, speed: number): Stopwatch {
  const started = clock.now()
  return { elapsed: () => (clock.now() - started) * speed }
}
