import type { BodyValues } from '../../protocol/messages.ts'
import type { Side } from '../../trace/trace.ts'

/**
 * What the messages of a conversation show: its control connections and the phase of each, their
 * calls, and which end is PAC and which PNS. Nothing is guessed: if the trace does not show the
 * beginning of something, its state is unknown.
 */

/** The phase of a control connection. */
export type Phase =
  /** TCP is open, and no start reply has been sent. */
  | 'open'
  /** A Start-Control-Connection-Reply reported success. */
  | 'established'
  /** A Start-Control-Connection-Reply reported anything else. */
  | 'refused'
  /** A Stop-Control-Connection-Reply was sent. */
  | 'stopped'
  /** One end has sent FIN or RST. */
  | 'closed'

/** One control connection. */
export interface ConnectionView {
  readonly number: number
  /** Who opened the TCP connection; undefined where the trace begins later. */
  readonly originator: Side | undefined
  readonly phase: Phase
  /** When the phase began, in ms since the trace began. */
  readonly phaseSince: number
  /**
   * Whether a side sent something malformed, or octets of it are missing from the trace. From then
   * on the other side's reaction cannot be judged.
   */
  readonly troubled: Readonly<Record<Side, boolean>>
  /** Start-Control-Connection-Requests of a side that are not answered yet. */
  readonly openStarts: Readonly<Record<Side, number>>
  /** Stop-Control-Connection-Requests of a side that are not answered yet. */
  readonly openStops: Readonly<Record<Side, number>>
  /** How many Echo-Requests of a side with that Identifier are not answered yet. */
  readonly openEchoes: Readonly<Record<Side, ReadonlyMap<number, number>>>
  /**
   * `reply`: a side sent Stop-Control-Connection-Reply without error; `request`: only the -Request.
   */
  readonly stopSent: Readonly<Record<Side, 'request' | 'reply' | undefined>>
  /** Whether the connection is or was established. */
  readonly established: boolean
  /** Who closed the connection first; undefined while it is open. */
  readonly closedBy: Side | undefined
  /** Whether a RST closed it; a firewall on the path may have sent that in the name of an end. */
  readonly wasReset: boolean
  /** All calls so far, newest last. */
  readonly calls: readonly CallView[]
  /** Whether everything that both sides sent is in the trace and well-formed. */
  readonly wholesome: boolean
}

/** The phase of a call. `accepted`: by the PNS, for incoming calls only; `over`: it has ended. */
export type CallPhase = 'asked' | 'accepted' | 'connected' | 'refused' | 'over'

/** One call. Who asked for it determines PAC and PNS (interpretation A-01). */
export interface CallView {
  readonly connection: ConnectionView
  readonly direction: 'outgoing' | 'incoming'
  readonly pac: Side
  readonly pns: Side
  /** The Call IDs that PAC and PNS assigned; undefined until they do. */
  readonly pacId: number | undefined
  readonly pnsId: number | undefined
  readonly phase: CallPhase
  readonly phaseSince: number
  /**
   * What ended the call, and who sent that: Call-Disconnect-Notify (`notify`), the stop of its
   * control connection, or the close of TCP. Undefined while the call is not over.
   */
  readonly ended:
    | {
        readonly by: Side
        readonly how: 'notify' | 'stop' | 'close'
        /** The phase in which it was until then. */
        readonly phase: CallPhase
      }
    | undefined
  /** Packet Recv. Window Size, by the side that announced it. */
  readonly window: Readonly<Partial<Record<Side, number>>>
  readonly request: BodyValues<'Outgoing-Call-Request'> | BodyValues<'Incoming-Call-Request'>
  /** Whether the PNS sent Call-Clear-Request for it. */
  readonly clearing: boolean
  /**
   * Whether it was asked for with the Call ID of a living call, or of one that has just ended. GRE
   * and the messages on TCP may overtake each other, so a packet with that Call ID may belong to
   * either call.
   */
  readonly shared: boolean
}

/** What is known of the tunnel between two addresses. */
export interface TunnelView {
  /**
   * Whether it has a control connection, and each of them is whole in the trace and well-formed.
   */
  readonly known: boolean
  /** Returns the latest call to which a side assigned that Call ID. */
  assigned(side: Side, callId: number): CallView | undefined
  /** Returns a living call of another tunnel to which a side assigned that Call ID. */
  elsewhere(side: Side, callId: number): CallView | undefined
  /** Whether any of the tunnel's calls is living. */
  isLive(): boolean
}

/** Whether a call has been asked for, and is neither refused nor over. */
export function isLiving({ phase }: CallView): boolean {
  return phase !== 'over' && phase !== 'refused'
}
