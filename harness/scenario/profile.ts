import type { AuthenticationMethod } from '../ppp/authentication.ts'
import type { MppeStrength } from '../ppp/mppe-keys.ts'
import type { PppProfile } from '../ppp/profile.ts'

import type { Dialling } from './dial.ts'

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
  /** Ways in which its PPP lets a peer prove itself, or, behind an originator, proves itself. What is absent here and below is not claimed. */
  readonly authentication?: readonly AuthenticationMethod[] | undefined
  /** Key sizes of MPPE that its PPP takes. */
  readonly mppe?: readonly MppeStrength[] | undefined
  /** Its PPP takes stateful MPPE, too. */
  readonly mppeStateful?: boolean | undefined
  /** Its PPP proves itself to a peer that asks. */
  readonly provesItself?: boolean | undefined
  /** What its PPP can be told to demand. */
  readonly profiles?: readonly PppProfile[] | undefined
  /** An originator: what it can be made to do. Absent where nobody can make it dial; then its scenarios are skipped. */
  readonly dialling?: Dialling
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
  /** The peer's first GRE packet after a call was placed; one that says nothing in that time is spoken to, and has as long again. */
  readonly tunnel: number
  /** An originator's TCP connection, from telling it to dial. */
  readonly dial: number
  /** An originator's next request after a reply of ours: it may pause before it. */
  readonly request: number
  /** How many seconds of its own time the implementation lives through in one second of ours: 1, or more under an accelerated clock. */
  readonly speed: number
}

/** Where nothing else is known of an originator: the time to start a program, and a pause of a second before a request. */
export const DIAL_TIMERS: Pick<TimerProfile, 'dial' | 'request'> = { dial: 10_000, request: 5_000 }
