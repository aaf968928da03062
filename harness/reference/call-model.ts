import type { GrePacket } from '../protocol/gre.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { CallInput, CallRole, CallState } from './tables.ts'

/** The control connection of a call, as far as the call uses it. */
export interface CallHost {
  /** The peer's address, dotted IPv4. */
  readonly peer: string
  send(message: ControlMessage): void
  /** Closes the whole connection because a transition is overdue (section 3.2.1). */
  giveUp(reason: string): void
  /** Logs a message that is about no call, or comes at the wrong time. */
  log(text: string): void
  /** Ignores everything that arrives from now on, and leaves the connection open. */
  hang(): void
  /** Returns how many ms ago octets last came. */
  quiet(): number
  /** Tells the connection that one of its calls is over. */
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
  /** Takes an input; where the table has no arc, it is ignored, and a message is logged. */
  input(input: CallInput, message?: ControlMessage): void
  /** Sends an IPv4 packet; does nothing unless PPP is up. */
  sendDatagram(octets: Uint8Array): void
}

/**
 * The tunnel of one of our Call IDs. It takes packets only from the call's peer (section 3.2.2).
 */
export interface RegisteredTunnel {
  readonly callId: number
  readonly peer: string
  readonly tunnel: { receive(packet: GrePacket): void }
}
