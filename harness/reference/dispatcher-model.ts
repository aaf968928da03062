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
  /** Ends its calls the way their user would. */
  clear(): void
  /** Whether it has no call. */
  isIdle(): boolean
  /**
   * Whether a call of its own waits for the peer's reply, or for the notification that it is
   * cleared.
   */
  isWaiting(): boolean
  /** The control connection is over, by agreement or not, and its calls with it. */
  end(why: 'connection-stopped' | 'connection-lost'): void
}

/** A message about a call, or a local request for one, as its connection has it. */
export interface DispatcherOccasion {
  readonly host: CallHost
  readonly named: CallNamed
  readonly input: DispatcherInput
  /** Undefined for a local request. */
  readonly message: ControlMessage | undefined
  /** Of a local request for an outgoing call. */
  readonly parameters: CallParameters | undefined
  /** The call that it is about. */
  readonly call: Call | undefined
  /** All calls of the connection. */
  readonly calls: readonly Call[]
}

/** What an action may do, in addition to what `host` and `calls` of its occasion offer. */
export interface DispatcherEffects {
  /** What the reference does. */
  perform(action: DispatcherAction, occasion: DispatcherOccasion): void
}

export type DispatcherAct = (does: DispatcherEffects, occasion: DispatcherOccasion) => void
export type DispatcherStep = Step<CallNamed, DispatcherAction, DispatcherAct>
