import type { BodyValues } from '../../protocol/messages.ts'
import { oppositeSide } from '../../trace/messages.ts'
import type { Side } from '../../trace/trace.ts'
import { type CallView, type ConnectionView, isLiving, type Phase, type TunnelView } from './views.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A control connection as it is followed. */
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

/** A call as it is followed. */
export interface Call extends Mutable<CallView> {
  connection: Connection
  window: Partial<Record<Side, number>>
}

/** What belongs to two addresses: their tunnel. */
export interface Pair {
  /** Latest call by the Call ID that a side assigned. */
  readonly assigned: Record<Side, Map<number, Call>>
  /** Whether something was missing or ill-formed on any of its connections. */
  tainted: boolean
  connected: boolean
  readonly connections: Connection[]
  /** What watchers were last shown of it; the same again while nothing in it changes. */
  view: TunnelView | undefined
}

/** Calls remembered of one connection: more than fit into its Call IDs' tables of any real peer. */
const CALLS_KEPT = 2000

/** Two addresses between which nothing was seen yet. */
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
 * A connection that is open from `at` on, added to its pair.
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

/** A connection gets to a phase by what a side sent; its end is that of its calls. */
export function enterPhase(connection: Connection, phase: Phase, by: Side, at: number): void {
  connection.phase = phase
  connection.phaseSince = at
  if (phase === 'established') connection.established = true
  if (phase === 'closed') connection.closedBy = by
  if (phase !== 'stopped' && phase !== 'closed') return
  const how = phase === 'stopped' ? 'stop' : 'close'
  for (const call of connection.calls) endCall(call, { by, how }, at)
}

/** What a side sent on a connection can no longer be followed. */
export function markTroubled(connection: Connection, side: Side): void {
  connection.troubled[side] = true
  connection.wholesome = false
  connection.pair.tainted = true
}

/** Adds a call that `from` asks for with a Call ID of its own. Returns it. */
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
    shared: holder !== undefined && isLiving(holder),
  }
  connection.calls.push(call)
  if (connection.calls.length > CALLS_KEPT) connection.calls.splice(0, CALLS_KEPT / 2)
  assignCallId(call, from, request.callId)
  return call
}

/** A side gives a call its Call ID: packets with it belong to that call from then on. */
export function assignCallId(call: Call, side: Side, id: number): void {
  if (side === call.pac) call.pacId = id
  else call.pnsId = id
  call.connection.pair.assigned[side].set(id, call)
}

/** A call gets to a phase. */
export function passTo(call: Call, phase: Call['phase'], at: number): void {
  call.phase = phase
  call.phaseSince = at
}

/** A living call is over; nothing ends twice. */
export function endCall(call: Call, ended: NonNullable<Call['ended']>, at: number): void {
  if (!isLiving(call)) return
  call.ended = ended
  passTo(call, 'over', at)
}
