import type { ControlMessage } from '../protocol/messages.ts'
import type { Refusal } from './acceptance.ts'
import type { Call, CallHost } from './call-model.ts'
import type { Configuration } from './configuration.ts'
import type { CallParameters } from './events.ts'
import type { Policy } from './policy.ts'
import type { CallAction, CallInput, CallRole, CallState } from './tables.ts'
import type { Step } from './transition.ts'

export type CallRequest = ControlMessage<'Outgoing-Call-Request' | 'Incoming-Call-Request'>

/** What a call begins with. */
export interface CallOrigin {
  readonly role: CallRole
  /** The peer's request, where it asked for the call. */
  readonly request?: CallRequest
  /** Why that is refused: such a call has no Call ID, and is over at once (interpretation A-40). */
  readonly refusal?: Refusal | undefined
  /** Of one that is placed here. */
  readonly parameters?: CallParameters | undefined
}

/** An input of a call, and what it comes upon. */
export interface CallOccasion extends CallOrigin {
  readonly state: CallState
  readonly input: CallInput
  readonly message: ControlMessage | undefined
}

/** What the two ends exchange about a call before data can flow. */
export interface SessionParameters {
  /** Packet Recv. Window Size of the peer. */
  readonly peersWindow: number
  /** Packet Processing Delay of the peer, in tenths of a second. */
  readonly peersDelay: number
}

/** What an action of a call may do. */
export interface CallEffects {
  readonly configuration: Configuration
  readonly policy: Policy
  readonly host: CallHost
  readonly call: Call
  /** What logs call it. */
  readonly name: string
  log(text: string): void
  /** 0 while unknown. */
  peersCallId(): number
  learnPeersCallId(callId: number): void
  /** Does nothing where its session is open already. */
  openSession(parameters: SessionParameters): void
  /** Performs `act` after `ms`, unless the session closes before that. */
  later(timer: string, ms: number, act: () => void): void
  /** What the reference does. */
  perform(action: CallAction, occasion: CallOccasion): void
}

export type CallAct = (does: CallEffects, occasion: CallOccasion) => void
export type CallStep = Step<CallState, CallAction, CallAct>
