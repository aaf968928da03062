/**
 * What an implementation claims (its PICS, ISO/IEC 9646): decides which scenarios apply. A scenario that needs something not
 * claimed here is skipped with that as its reason.
 */
export interface Pics {
  /** `recipient`: accepts the control connection; `originator`: opens it. */
  readonly roles: readonly ('recipient' | 'originator')[]
  /** It acts as PAC: answers Outgoing-Call-Request. */
  readonly outgoingCalls: boolean
  /** It acts as PNS: answers Incoming-Call-Request. */
  readonly incomingCalls: boolean
  /** A PPP peer lives behind its calls. */
  readonly ppp: boolean
  /** How many calls one control connection can hold at once; 0 where unknown. */
  readonly callsPerConnection: number
}

/** How long the tester waits for what, in ms of the tester's clock. Windows, not sleeps: an answer ends the wait. */
export interface TimerProfile {
  /** TCP connection establishment. */
  readonly connect: number
  /** Any reply the RFC calls for at once. */
  readonly reply: number
  /** The peer's close after something that must end the connection. */
  readonly close: number
  /** Placing a call, from Outgoing-Call-Request to Outgoing-Call-Reply. */
  readonly call: number
  /** The peer's first GRE packet after a call was placed. */
  readonly tunnel: number
  /** How many seconds of its own time the implementation lives through in one second of ours: 1, or more under an accelerated clock. */
  readonly speed: number
}
