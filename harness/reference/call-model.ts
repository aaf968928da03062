import type { ControlMessage } from '../protocol/messages.ts'
import type { CallInput, CallState } from './tables.ts'

/** The control connection as its calls see it. */
export interface CallHost {
  /** Dotted IPv4. */
  readonly peer: string
  send(message: ControlMessage): void
  /** Closes the whole connection: a transition is overdue (section 3.2.1), or a fault wants it. */
  giveUp(reason: string): void
  /** Logs a message that is about no call, or comes at the wrong time. */
  unexpected(what: string): void
  /** Looks at nothing more that arrives; only mutants do that. */
  hang(): void
  /** One of its calls is over. */
  released(): void
}

/** Which of the four call machines of section 3.2 a call runs on. */
export type CallRole = 'pac-outgoing' | 'pns-outgoing' | 'pac-incoming' | 'pns-incoming'

export interface Call {
  readonly role: CallRole
  readonly host: CallHost
  /** The Call ID that we assigned. */
  readonly ownCallId: number
  /** The Call ID that the peer assigned, once known. */
  peersCallId(): number | undefined
  state(): CallState
  /** Ignored, with a log line, where the table has no arc. */
  input(input: CallInput, message?: ControlMessage): void
  /** Sends an IPv4 packet, where PPP is up. */
  sendDatagram(octets: Uint8Array): void
}
