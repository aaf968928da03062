import type { DecodedMessage } from '../protocol/control.ts'
import type { GrePacket } from '../protocol/gre.ts'
import { oppositeSide } from '../trace/messages.ts'
import type { Side, TraceEntry } from '../trace/trace.ts'
import { applyMessage } from './conversation/effects.ts'
import { callNamedIn } from './conversation/named-call.ts'
import {
  type Connection,
  createPair,
  enterPhase,
  markTroubled,
  openConnection,
  type Pair,
} from './conversation/state.ts'
import { type CallView, type ConnectionView, isLiving, type TunnelView } from './conversation/views.ts'

export {
  type CallPhase,
  type CallView,
  type ConnectionView,
  isLiving,
  type Phase,
  type TunnelView,
} from './conversation/views.ts'

/** Follows the state of connections, calls and tunnels through a trace, entry by entry. */
export interface Conversation {
  /**
   * Handles an entry about the opening or end of a TCP connection, or a gap in it; returns that
   * connection. Entries of other kinds have no effect here.
   */
  lifecycle(entry: TraceEntry): ConnectionView | undefined
  /**
   * Returns the connection of that number. Where the trace does not show its beginning, it has no
   * originator and counts as troubled.
   */
  connection(number: number): ConnectionView
  /** Returns the call that a message is about, before the message takes effect. */
  callOf(connection: ConnectionView, from: Side, message: DecodedMessage): CallView | undefined
  /** Applies the effect of a message sent at `at` ms. */
  apply(connection: ConnectionView, from: Side, message: DecodedMessage, at: number): void
  /** Notes that what a side sends on a connection can no longer be followed. */
  trouble(connection: ConnectionView, side: Side): void
  /**
   * Returns the call to which a packet's receiver assigned the Call ID in the packet's key
   * (interpretation A-49).
   */
  callOfPacket(entry: TraceEntry, packet: GrePacket): CallView | undefined
  /** Returns what is known of the tunnel between the two addresses of a GRE packet. */
  tunnel(entry: TraceEntry): TunnelView
  /** Returns what is known of the tunnel between the two addresses of a connection. */
  tunnelOf(connection: ConnectionView): TunnelView
}

/** All connections and pairs of addresses that a trace has shown so far. */
interface Followed {
  readonly connections: Map<number, Connection>
  readonly pairs: Map<string, Pair>
  /**
   * The pair of the packet before, for speed: the next packet is mostly of the same pair, and a
   * long trace has millions.
   */
  latest: { readonly tester: string; readonly iut: string; readonly pair: Pair } | undefined
}

/** Starts to follow a trace, from its first entry. */
export function followConversation(): Conversation {
  const followed: Followed = { connections: new Map(), pairs: new Map(), latest: undefined }
  const own = (connection: ConnectionView) => connectionOf(followed, connection.number)
  return {
    lifecycle: (entry) => applyLifecycle(followed, entry),
    connection: (number) => connectionOf(followed, number),
    callOf: (connection, from, message) => callNamedIn(own(connection), from, message),
    apply: (connection, from, message, at) => applyMessage(own(connection), from, message, at),
    trouble: (connection, side) => markTroubled(own(connection), side),
    callOfPacket: (entry, packet) =>
      entry.kind === 'gre'
        ? pairOf(followed, entry.tester, entry.iut).assigned[oppositeSide(entry.from)].get(packet.callId)
        : undefined,
    tunnel: (entry) =>
      tunnelOf(
        followed,
        entry.kind === 'gre' ? pairOf(followed, entry.tester, entry.iut) : pairOf(followed, '', ''),
      ),
    tunnelOf: (connection) => tunnelOf(followed, own(connection).pair),
  }
}

function pairOf(followed: Followed, tester: string, iut: string): Pair {
  const { latest, pairs } = followed
  if (latest?.tester === tester && latest.iut === iut) return latest.pair
  const key = `${tester} ${iut}`
  const pair = pairs.get(key) ?? createPair()
  pairs.set(key, pair)
  followed.latest = { tester, iut, pair }
  return pair
}

/** How the key of a pair begins whose addresses are not known. */
const UNKNOWN = 'unknown '

function connectionOf(followed: Followed, number: number): Connection {
  const known = followed.connections.get(number)
  if (known !== undefined) return known
  // The trace does not show the opening, so the addresses are not known: it gets a pair of its own.
  const connection = openConnection(pairOf(followed, `${UNKNOWN}${number}`, ''), number, undefined, 0)
  followed.connections.set(number, connection)
  return connection
}

function applyLifecycle(followed: Followed, entry: TraceEntry): ConnectionView | undefined {
  switch (entry.kind) {
    case 'tcp-open': {
      const pair = pairOf(followed, entry.tester.address, entry.iut.address)
      const connection = openConnection(pair, entry.connection, entry.opener, entry.at)
      followed.connections.set(entry.connection, connection)
      return connection
    }
    case 'tcp-end':
    case 'tcp-reset': {
      const connection = connectionOf(followed, entry.connection)
      if (connection.phase !== 'closed') {
        enterPhase(connection, 'closed', entry.from, entry.at)
        connection.wasReset = entry.kind === 'tcp-reset'
      }
      return connection
    }
    case 'tcp-gap': {
      const connection = connectionOf(followed, entry.connection)
      markTroubled(connection, entry.from)
      return connection
    }
    default:
      return undefined
  }
}

function tunnelOf({ pairs }: Followed, pair: Pair): TunnelView {
  const known = pair.connected && !pair.tainted
  if (pair.view?.known === known) return pair.view
  pair.view = {
    known,
    assigned: (side, callId) => pair.assigned[side].get(callId),
    elsewhere(side, callId) {
      for (const [key, other] of pairs) {
        // A connection whose opening is not in the trace may be between these very addresses.
        const isElsewhere = other !== pair && !key.startsWith(UNKNOWN)
        const call = isElsewhere ? other.assigned[side].get(callId) : undefined
        if (call !== undefined && isLiving(call)) return call
      }
      return undefined
    },
    isLive: () => pair.connections.some(({ calls }) => calls.some(isLiving)),
  }
  return pair.view
}
