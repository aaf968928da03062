import type { ControlMessage } from '../protocol/messages.ts'
import type { Refusal } from './acceptance.ts'
import type { Call, CallHost } from './call-model.ts'
import type { Configuration } from './configuration.ts'
import type { CallParameters } from './events.ts'
import type { Policy } from './policy.ts'
import type { CallAction, CallInput, CallRole, CallState } from './tables.ts'
import type { Step } from './transition.ts'

export type CallRequest = ControlMessage<'Outgoing-Call-Request' | 'Incoming-Call-Request'>

/** How a call begins: by the peer's request, or at this end. */
export interface CallOrigin {
  readonly role: CallRole
  /** The peer's request; undefined for a call that begins at this end. */
  readonly request?: CallRequest
  /**
   * Why the request is refused. A refused call gets no Call ID and is over at once (interpretation
   *
   */
  readonly refusal?: Refusal | undefined
  /** Parameters of an outgoing call that we place. */
  readonly parameters?: CallParameters | undefined
}

/** An input of a call, with the state in which it comes. */
export interface CallOccasion extends CallOrigin {
  readonly state: CallState
  readonly input: CallInput
  readonly message: ControlMessage | undefined
}

/** What the peer's call messages state about its end of the tunnel. */
export interface SessionParameters {
  /** Packet Recv. Window Size of the peer. */
  readonly peersWindow: number
  /** Packet Processing Delay of the peer, in tenths of a second. */
  readonly peersDelay: number
}

/** Everything that an action of a call may use and do. */
export interface CallEffects {
  readonly configuration: Configuration
  readonly policy: Policy
  readonly host: CallHost
  readonly call: Call
  /** The call's name in logs. */
  readonly name: string
  log(text: string): void
  /** The Call ID that the peer assigned; 0 while it is unknown. */
  peersCallId(): number
  learnPeersCallId(callId: number): void
  /** Opens the call's session; does nothing if it is open already. */
  openSession(parameters: SessionParameters): void
  /** Performs `act` after `ms`, unless the session closes before that. */
  later(timer: string, ms: number, act: () => void): void
  /** Performs an action of the tables, as the reference does. */
  perform(action: CallAction, occasion: CallOccasion): void
}

export type CallAct = (does: CallEffects, occasion: CallOccasion) => void
export type CallStep = Step<CallState, CallAction, CallAct>
