import type { DecodedMessage } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { Configuration } from './configuration.ts'
import type { CallDispatcher } from './dispatcher-model.ts'
import type { CallParameters, ConnectionId, FollowUp } from './events.ts'
import type { Policy } from './policy.ts'
import type { ControlAction, ControlEnd, ControlInput, ControlState } from './tables.ts'
import type { Step } from './transition.ts'

/** Why a connection is opened. */
export interface Intention {
  readonly next: FollowUp
  /** It is to be opened again when it was closed over an error (section 3). */
  readonly persist?: boolean | undefined
  /** For `next: 'outgoing-call'`. */
  readonly call?: CallParameters | undefined
}

/** An input of a control connection, and what it comes upon. */
export interface ControlOccasion {
  readonly connection: ConnectionId
  /** Dotted IPv4. */
  readonly peer: string
  /** Our end. */
  readonly end: ControlEnd
  readonly state: ControlState
  readonly input: ControlInput
  readonly message: DecodedMessage | undefined
  /** In words. */
  readonly why: string
  readonly intention: Intention
  readonly calls: Pick<CallDispatcher, 'isIdle' | 'isWaiting'>
  /** ms since it was established; undefined before. */
  readonly age: number | undefined
}

/** What an action of a control connection may do. */
export interface ControlEffects {
  readonly configuration: Configuration
  readonly policy: Policy
  readonly calls: CallDispatcher
  send(message: ControlMessage): void
  log(text: string): void
  /** Sends the start request and waits for its reply. */
  requestStart(): void
  /** Sends a stop request and waits for its reply. */
  requestStop(reason: number): void
  /** The Reason of the stop that was asked for locally. */
  stopReason(): number
  /** Sends an Echo-Request and waits for its reply. */
  requestEcho(): void
  /** No Echo-Request is open any more. */
  echoAnswered(): void
  /** The reply that was waited for need not come any more. */
  stopWaiting(): void
  /** Silence is watched from now on. */
  establish(): void
  /** As if asked to stop locally: at once, or as soon as there is no call left. */
  stop(): void
  stopWhenIdle(): void
  /** Does what the connection was opened for. */
  followUp(): void
  /** Closes those of our connections to the same peer that wait for their start reply. */
  loseCollisions(): void
  /** Ends its calls and closes TCP. */
  close(why: string): void
  /** Looks at nothing more that arrives. */
  hang(): void
  /** The whole peer accepts no more connections. */
  stopListening(): void
  later(ms: number, act: () => void): void
  /** What the reference does. */
  perform(action: ControlAction, occasion: ControlOccasion): void
}

export type ControlAct = (does: ControlEffects, occasion: ControlOccasion) => void
export type ControlStep = Step<ControlState, ControlAction, ControlAct>
