export type { Pics } from './claims.ts'

/**
 * How long the tester waits for what, in ms of the tester's clock. Windows, not sleeps: an answer
 * ends the wait.
 */
export interface TimerProfile {
  /** TCP connection establishment. */
  readonly connect: number
  /** Any reply the RFC calls for at once. */
  readonly reply: number
  /** The peer's close after something that must end the connection. */
  readonly close: number
  /** Placing a call, from Outgoing-Call-Request to Outgoing-Call-Reply. */
  readonly call: number
  /**
   * The peer's first GRE packet after a call was placed; one that says nothing in that time is
   * spoken to, and has as long again.
   */
  readonly tunnel: number
  /** An originator's TCP connection, from telling it to dial. */
  readonly dial: number
  /** An originator's next request after a reply of ours: it may pause before it. */
  readonly request: number
  /**
   * How many seconds of its own time the implementation lives through in one second of ours: 1, or
   * more under an accelerated clock.
   */
  readonly speed: number
}

/**
 * Where nothing else is known of an originator: the time to start a program, and a pause of a
 * second before a request.
 */
export const DIAL_TIMERS: Pick<TimerProfile, 'dial' | 'request'> = { dial: 10_000, request: 5_000 }
