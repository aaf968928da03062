import type { ControlMessage } from '../protocol/messages.ts'
import type { Call, CallHost } from './call-model.ts'
import type { CallParameters } from './events.ts'
import type { CallNamed, DispatcherAction, DispatcherInput } from './tables.ts'
import type { Step } from './transition.ts'

/** The calls of one control connection: finds the call that a message is about. */
export interface CallDispatcher {
  /** Takes any message of the groups Call Management, Error Reporting and PPP Session Control. */
  handle(message: ControlMessage): void
  place(parameters?: CallParameters): void
  ring(): void
  /** Terminates its calls locally, as their user would. */
  clear(): void
  /** Whether it has no call. */
  isIdle(): boolean
  /**
   * Whether one of its calls waits for the peer's reply, or, after Call-Clear-Request, for
   * Call-Disconnect-Notify.
   */
  isWaiting(): boolean
  /** Ends its calls, because the control connection was stopped or lost. */
  end(why: 'connection-stopped' | 'connection-lost'): void
}

/** An input of a dispatcher: a message about a call, or a local request for a call. */
export interface DispatcherOccasion {
  readonly host: CallHost
  readonly named: CallNamed
  readonly input: DispatcherInput
  /** Undefined for a local request. */
  readonly message: ControlMessage | undefined
  /** Parameters of a local request for an outgoing call. */
  readonly parameters: CallParameters | undefined
  /** The call that the message names. */
  readonly call: Call | undefined
  /** All calls of the connection. */
  readonly calls: readonly Call[]
}

/** What an action may do, apart from using `host` and `calls` of its occasion. */
export interface DispatcherEffects {
  /** Performs an action of the table, as the reference does. */
  perform(action: DispatcherAction, occasion: DispatcherOccasion): void
}

export type DispatcherAct = (does: DispatcherEffects, occasion: DispatcherOccasion) => void
export type DispatcherStep = Step<CallNamed, DispatcherAction, DispatcherAct>
