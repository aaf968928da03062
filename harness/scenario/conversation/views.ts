import type { BodyValues } from '../../protocol/messages.ts'
import type { Side } from '../../trace/trace.ts'

/**
 * What a bystander can know of a conversation from its messages alone: which control connections
 * there are and how far each got, which calls live on them, who is PAC and who PNS of each. It
 * never guesses: what it did not see begin it calls unknown.
 */

/** How far a control connection got. */
export type Phase =
  /** TCP is open, nothing agreed yet. */
  | 'open'
  /** A Start-Control-Connection-Reply reported success. */
  | 'established'
  /** A Start-Control-Connection-Reply reported anything else. */
  | 'refused'
  /** A Stop-Control-Connection-Reply was sent. */
  | 'stopped'
  /** FIN or RST. */
  | 'closed'

/** One control connection. */
export interface ConnectionView {
  readonly number: number
  /** Who opened TCP; undefined where the trace begins later. */
  readonly originator: Side | undefined
  readonly phase: Phase
  /** When the phase began. */
  readonly phaseSince: number
  /**
   * Whether a side sent anything ill-formed, or has octets missing from the trace: what the other
   * side makes of that cannot be judged.
   */
  readonly troubled: Readonly<Record<Side, boolean>>
  /** Start-Control-Connection-Requests of a side that are not answered yet. */
  readonly openStarts: Readonly<Record<Side, number>>
  readonly openStops: Readonly<Record<Side, number>>
  /** How many Echo-Requests of a side with that Identifier are not answered yet. */
  readonly openEchoes: Readonly<Record<Side, ReadonlyMap<number, number>>>
  /** Whether a side sent its Stop-Control-Connection-Request or -Reply. */
  readonly stopSent: Readonly<Record<Side, 'request' | 'reply' | undefined>>
  /** Whether it was established at any time. */
  readonly established: boolean
  /** Who closed it first; undefined while it is open. */
  readonly closedBy: Side | undefined
  /** Whether a RST closed it, which a firewall between the two may have sent in anybody's name. */
  readonly wasReset: boolean
  /** All calls so far, newest last. */
  readonly calls: readonly CallView[]
  /** Whether nothing that either side sent is missing or ill-formed, from the first octet on. */
  readonly wholesome: boolean
}

/**
 * How far a call got: asked for, accepted by the PNS (incoming calls only), connected, refused, or
 * over.
 */
export type CallPhase = 'asked' | 'accepted' | 'connected' | 'refused' | 'over'

/** One call; the roles are by who asked (interpretation A-01). */
export interface CallView {
  readonly connection: ConnectionView
  readonly direction: 'outgoing' | 'incoming'
  readonly pac: Side
  readonly pns: Side
  /** The Call IDs that the two assigned; undefined before they did. */
  readonly pacId: number | undefined
  readonly pnsId: number | undefined
  readonly phase: CallPhase
  readonly phaseSince: number
  /**
   * What ended it: Call-Disconnect-Notify, the stop of its connection, or the end of TCP; and who
   * sent that.
   */
  readonly ended: { readonly by: Side; readonly how: 'notify' | 'stop' | 'close' } | undefined
  /** Receive windows in packets, by who announced them. */
  readonly window: Readonly<Partial<Record<Side, number>>>
  readonly request: BodyValues<'Outgoing-Call-Request'> | BodyValues<'Incoming-Call-Request'>
  /** Whether the PNS asked for its end. */
  readonly clearing: boolean
  /**
   * Whether it was asked for with the Call ID of a call that was alive. GRE may overtake the
   * messages on TCP, so nobody can tell to which of the two a packet with that Call ID belongs.
   */
  readonly shared: boolean
}

/** What is known of the tunnel between two addresses. */
export interface TunnelView {
  /** Whether it has a control connection, and each of them is seen whole and well-formed. */
  readonly known: boolean
  /** The latest call to which a side assigned that Call ID. */
  assigned(side: Side, callId: number): CallView | undefined
  /** The living call of another tunnel to which a side assigned that Call ID. */
  elsewhere(side: Side, callId: number): CallView | undefined
  /** Whether any of its calls has been asked for and neither refused nor ended. */
  isLive(): boolean
}

/** Asked for, and neither refused nor over. */
export function isLiving({ phase }: CallView): boolean {
  return phase !== 'over' && phase !== 'refused'
}
