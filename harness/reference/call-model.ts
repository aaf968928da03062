import type { GrePacket } from '../protocol/gre.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { CallInput, CallRole, CallState } from './tables.ts'

/** The control connection as its calls see it. */
export interface CallHost {
  /** Dotted IPv4. */
  readonly peer: string
  send(message: ControlMessage): void
  /** Closes the whole connection: a transition is overdue (section 3.2.1). */
  giveUp(reason: string): void
  /** Logs a message that is about no call, or comes at the wrong time. */
  log(text: string): void
  /** Looks at nothing more that arrives. */
  hang(): void
  /** ms since octets last came. */
  quiet(): number
  /** One of its calls is over. */
  released(): void
}

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

/** The tunnel of one of our Call IDs: packets count only from the call's peer (section 3.2.2). */
export interface RegisteredTunnel {
  readonly callId: number
  readonly peer: string
  readonly tunnel: { receive(packet: GrePacket): void }
}
