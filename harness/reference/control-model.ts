import type { DecodedMessage } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { Configuration } from './configuration.ts'
import type { CallDispatcher } from './dispatcher-model.ts'
import type { CallParameters, ConnectionId, FollowUp } from './events.ts'
import type { Policy } from './policy.ts'
import type { ControlAction, ControlEnd, ControlInput, ControlState } from './tables.ts'
import type { Step } from './transition.ts'

/** What a connection is opened for. */
export interface Intention {
  readonly next: FollowUp
  /** Whether it is to be opened again if it was closed because of an error (section 3). */
  readonly persist?: boolean | undefined
  /** Parameters of the call, for `next: 'outgoing-call'`. */
  readonly call?: CallParameters | undefined
}

/** An input of a control connection, with the state in which it comes. */
export interface ControlOccasion {
  readonly connection: ConnectionId
  /** The peer's address, dotted IPv4. */
  readonly peer: string
  /** Which end we are. */
  readonly end: ControlEnd
  readonly state: ControlState
  readonly input: ControlInput
  readonly message: DecodedMessage | undefined
  /** Describes the input in logs. */
  readonly why: string
  readonly intention: Intention
  readonly calls: Pick<CallDispatcher, 'isIdle' | 'isWaiting'>
  /** How many ms ago it was established; undefined before that. */
  readonly age: number | undefined
}

/** Everything that an action of a control connection may use and do. */
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
  /** The Reason for the stop request after local termination. */
  stopReason(): number
  /** Sends an Echo-Request and waits for its reply. */
  requestEcho(): void
  /** Our Echo-Request has been answered: ends the wait and restarts the timer for silence. */
  echoAnswered(): void
  /** Ends the wait for a reply. */
  stopWaiting(): void
  /** Marks the connection as established, and starts the timer for silence. */
  establish(): void
  /** Terminates the connection locally at once. */
  stop(): void
  /** Terminates a connection that is hanging up, if no call is left. */
  stopWhenIdle(): void
  /** Does what the connection was opened for. */
  followUp(): void
  /** Closes our other connections to the same peer that wait for a start reply (section 3.1.3). */
  loseCollisions(): void
  /** Ends its calls and closes TCP. */
  close(why: string): void
  /** Ignores everything that arrives from now on, and leaves the connection open. */
  hang(): void
  /** Makes the whole reference peer accept no more connections. */
  stopListening(): void
  later(ms: number, act: () => void): void
  /** Performs an action of the tables, as the reference does. */
  perform(action: ControlAction, occasion: ControlOccasion): void
}

export type ControlAct = (does: ControlEffects, occasion: ControlOccasion) => void
export type ControlStep = Step<ControlState, ControlAction, ControlAct>
