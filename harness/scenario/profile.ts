export type { Pics } from './claims.ts'

/**
 * How long the tester waits for various events, in ms of the tester's clock. The wait ends as soon
 * as the event comes.
 */
export interface TimerProfile {
  /** TCP connection establishment. */
  readonly connect: number
  /** A reply that the RFC demands at once. */
  readonly reply: number
  /** The IUT's close after an event that must end the connection. */
  readonly close: number
  /** Placing a call, from Outgoing-Call-Request to Outgoing-Call-Reply. */
  readonly call: number
  /**
   * The IUT's first GRE packet after a call was placed. If no packet comes in that time, the tester
   * sends first, and waits as long again.
   */
  readonly tunnel: number
  /** From telling an originator to dial to its TCP connection. */
  readonly dial: number
  /** From a reply of the tester to an originator's next request, before which it may pause. */
  readonly request: number
  /**
   * How many seconds pass for the IUT during one second of the tester's clock: 1, or more under an
   * accelerated clock.
   */
  readonly speed: number
}

/**
 * Default windows for originators: enough to start a program on a machine that is busy with
 * something else, and for a pause of a second or more before a request.
 */
export const DIAL_TIMERS: Pick<TimerProfile, 'dial' | 'request'> = { dial: 15_000, request: 5_000 }
