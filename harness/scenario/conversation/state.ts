import type { BodyValues } from '../../protocol/messages.ts'
import { oppositeSide } from '../../trace/messages.ts'
import type { Side } from '../../trace/trace.ts'
import { type CallView, type ConnectionView, isLiving, type Phase, type TunnelView } from './views.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The changing state of a control connection. */
export interface Connection extends Mutable<Omit<ConnectionView, 'calls' | 'wholesome'>> {
  troubled: Record<Side, boolean>
  openStarts: Record<Side, number>
  openStops: Record<Side, number>
  openEchoes: Record<Side, Map<number, number>>
  stopSent: Record<Side, 'request' | 'reply' | undefined>
  calls: Call[]
  wholesome: boolean
  pair: Pair
}

/** The changing state of a call. */
export interface Call extends Mutable<CallView> {
  connection: Connection
  window: Partial<Record<Side, number>>
}

/** The changing state of two addresses: their connections and their tunnel. */
export interface Pair {
  /** The latest call to which a side assigned a Call ID, by side and Call ID. */
  readonly assigned: Record<Side, Map<number, Call>>
  /** Whether anything on any of the connections was missing or malformed. */
  tainted: boolean
  /** Whether there has been a connection between the two addresses. */
  connected: boolean
  readonly connections: Connection[]
  /** The view that was last returned for this pair; used again while `known` does not change. */
  view: TunnelView | undefined
}

/** How many calls of one connection are remembered: more than any real peer has at a time. */
const CALLS_KEPT = 2000

/** Makes the state of two addresses between which nothing was seen yet. */
export function createPair(): Pair {
  return {
    assigned: { tester: new Map(), iut: new Map() },
    connections: [],
    tainted: false,
    connected: false,
    view: undefined,
  }
}

/**
 * Adds a connection that is open from `at` ms on to its pair, and returns it.
 * @param originator undefined where the trace does not show who opened it: then it is troubled.
 */
export function openConnection(
  pair: Pair,
  number: number,
  originator: Side | undefined,
  at: number,
): Connection {
  const connection: Connection = {
    number,
    originator,
    phase: 'open',
    phaseSince: at,
    troubled: { tester: originator === undefined, iut: originator === undefined },
    openStarts: { tester: 0, iut: 0 },
    openStops: { tester: 0, iut: 0 },
    openEchoes: { tester: new Map(), iut: new Map() },
    stopSent: { tester: undefined, iut: undefined },
    established: false,
    closedBy: undefined,
    wasReset: false,
    calls: [],
    wholesome: originator !== undefined,
    pair,
  }
  pair.connections.push(connection)
  pair.connected = true
  if (originator === undefined) pair.tainted = true
  return connection
}

/** Puts a connection into a phase because of what `by` sent; its end also ends its calls. */
export function enterPhase(connection: Connection, phase: Phase, by: Side, at: number): void {
  connection.phase = phase
  connection.phaseSince = at
  if (phase === 'established') connection.established = true
  if (phase === 'closed') connection.closedBy = by
  if (phase !== 'stopped' && phase !== 'closed') return
  const how = phase === 'stopped' ? 'stop' : 'close'
  for (const call of connection.calls) endCall(call, { by, how }, at)
}

/** Notes that what a side sends on a connection can no longer be followed. */
export function markTroubled(connection: Connection, side: Side): void {
  connection.troubled[side] = true
  connection.wholesome = false
  connection.pair.tainted = true
}

/** ms after the end of a call in which packets of it may still arrive. */
const IN_FLIGHT = 1000

/** Adds a call that `from` asks for, with the Call ID in the request. Returns the call. */
export function askForCall(
  connection: Connection,
  from: Side,
  direction: Call['direction'],
  request: BodyValues<'Outgoing-Call-Request'> | BodyValues<'Incoming-Call-Request'>,
  at: number,
): Call {
  const holder = connection.pair.assigned[from].get(request.callId)
  const call: Call = {
    connection,
    direction,
    pac: direction === 'outgoing' ? oppositeSide(from) : from,
    pns: direction === 'outgoing' ? from : oppositeSide(from),
    pacId: undefined,
    pnsId: undefined,
    phase: 'asked',
    phaseSince: at,
    ended: undefined,
    window: {},
    request,
    clearing: false,
    shared: holder !== undefined && (isLiving(holder) || at - holder.phaseSince < IN_FLIGHT),
  }
  connection.calls.push(call)
  if (connection.calls.length > CALLS_KEPT) connection.calls.splice(0, CALLS_KEPT / 2)
  assignCallId(call, from, request.callId)
  // TCP is half closed: such a call crossed the other end's FIN, and never lives.
  if (connection.phase === 'closed' && connection.closedBy !== undefined)
    endCall(call, { by: connection.closedBy, how: 'close' }, at)
  return call
}

/** Records the Call ID that a side assigned: packets with it belong to that call from then on. */
export function assignCallId(call: Call, side: Side, id: number): void {
  if (side === call.pac) call.pacId = id
  else call.pnsId = id
  call.connection.pair.assigned[side].set(id, call)
}

/** Puts a call into a phase. */
export function passTo(call: Call, phase: Call['phase'], at: number): void {
  call.phase = phase
  call.phaseSince = at
}

/** Ends a call, unless it is over already. */
export function endCall(call: Call, ended: Omit<NonNullable<Call['ended']>, 'phase'>, at: number): void {
  if (!isLiving(call)) return
  call.ended = { ...ended, phase: call.phase }
  passTo(call, 'over', at)
}
