import type { DecodedMessage } from '../protocol/control.ts'
import type { GrePacket } from '../protocol/gre.ts'
import { type BodyValues, MESSAGES } from '../protocol/messages.ts'
import { oppositeSide } from '../trace/messages.ts'
import type { Side, TraceEntry } from '../trace/trace.ts'

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

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface Connection extends Mutable<Omit<ConnectionView, 'calls' | 'wholesome'>> {
  troubled: Record<Side, boolean>
  openStarts: Record<Side, number>
  openStops: Record<Side, number>
  openEchoes: Record<Side, Map<number, number>>
  stopSent: Record<Side, 'request' | 'reply' | undefined>
  calls: Call[]
  wholesome: boolean
  pair: Pair
}

interface Call extends Mutable<CallView> {
  connection: Connection
  window: Partial<Record<Side, number>>
}

/** What belongs to two addresses: their tunnel. */
interface Pair {
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

/** Follows a trace from entry to entry. */
export interface Conversation {
  /** Takes what happened to a connection; messages and packets are told apart. */
  lifecycle(entry: TraceEntry): ConnectionView | undefined
  /**
   * The connection of that number, made up as unknown where the trace does not show its beginning.
   */
  connection(number: number): ConnectionView
  /** The call that a message is about, before it takes effect. */
  callOf(connection: ConnectionView, from: Side, message: DecodedMessage): CallView | undefined
  /** Lets a message take effect. */
  apply(connection: ConnectionView, from: Side, message: DecodedMessage, at: number): void
  /** What a side sent on a connection can no longer be followed. */
  trouble(connection: ConnectionView, side: Side): void
  /**
   * The call that a packet's key names, by the Call ID that its receiver assigned (interpretation
   *
   */
  callOfPacket(entry: TraceEntry, packet: GrePacket): CallView | undefined
  /** What is known of the two addresses of a GRE packet. */
  tunnel(entry: TraceEntry): TunnelView
  /** The same for the two addresses of a connection. */
  tunnelOf(connection: ConnectionView): TunnelView
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

export function followConversation(): Conversation {
  const connections = new Map<number, Connection>()
  const pairs = new Map<string, Pair>()
  /**
   * Of the packet before: mostly the next one is of the same pair, and a long trace has millions.
   */
  let latest: { readonly tester: string; readonly iut: string; readonly pair: Pair } | undefined

  function pairOf(tester: string, iut: string): Pair {
    if (latest?.tester === tester && latest.iut === iut) return latest.pair
    const key = `${tester} ${iut}`
    const known = pairs.get(key)
    if (known !== undefined) {
      latest = { tester, iut, pair: known }
      return known
    }
    const pair: Pair = {
      assigned: { tester: new Map(), iut: new Map() },
      connections: [],
      tainted: false,
      connected: false,
      view: undefined,
    }
    pairs.set(key, pair)
    latest = { tester, iut, pair }
    return pair
  }

  function create(number: number, originator: Side | undefined, pair: Pair, at: number): Connection {
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
    connections.set(number, connection)
    pair.connections.push(connection)
    pair.connected = true
    if (originator === undefined) pair.tainted = true
    return connection
  }

  function own(number: number): Connection {
    // A connection whose opening nobody saw belongs to a pair that nobody knows.
    return connections.get(number) ?? create(number, undefined, pairOf(`unknown ${number}`, ''), 0)
  }

  function enter(connection: Connection, phase: Phase, by: Side, at: number): void {
    connection.phase = phase
    connection.phaseSince = at
    if (phase === 'established') connection.established = true
    if (phase === 'closed') connection.closedBy = by
    if (phase !== 'stopped' && phase !== 'closed') return
    const how = phase === 'stopped' ? 'stop' : 'close'
    for (const call of connection.calls) end(call, { by, how }, at)
  }

  function end(call: Call, ended: NonNullable<Call['ended']>, at: number): void {
    if (call.phase === 'over' || call.phase === 'refused') return
    call.ended = ended
    pass(call, 'over', at)
  }

  function pass(call: Call, phase: Call['phase'], at: number): void {
    call.phase = phase
    call.phaseSince = at
  }

  function trouble(connection: Connection, side: Side): void {
    connection.troubled[side] = true
    connection.wholesome = false
    connection.pair.tainted = true
  }

  function assign(call: Call, side: Side, id: number): void {
    if (side === call.pac) call.pacId = id
    else call.pnsId = id
    call.connection.pair.assigned[side].set(id, call)
  }

  /** Newest first, so that a Call ID used again names the call that lives. */
  function find(connection: Connection, matches: (call: Call) => boolean): Call | undefined {
    return connection.calls.findLast(matches)
  }

  function resolve(connection: Connection, from: Side, message: DecodedMessage): Call | undefined {
    // A call that was cleared at once may still be answered (interpretation A-04).
    const unanswered = (call: Call, id: number | undefined) =>
      call.phase === 'asked' || (call.phase === 'over' && id === undefined)
    switch (message.name) {
      case 'Outgoing-Call-Reply':
        return find(
          connection,
          (call) =>
            call.direction === 'outgoing' &&
            call.pac === from &&
            unanswered(call, call.pacId) &&
            call.pnsId === message.peersCallId,
        )
      case 'Incoming-Call-Reply':
        return find(
          connection,
          (call) =>
            call.direction === 'incoming' &&
            call.pns === from &&
            unanswered(call, call.pnsId) &&
            call.pacId === message.peersCallId,
        )
      case 'Incoming-Call-Connected':
        return find(
          connection,
          (call) =>
            call.direction === 'incoming' &&
            call.pac === from &&
            call.phase === 'accepted' &&
            call.pnsId === message.peersCallId,
        )
      case 'Call-Clear-Request': {
        const named = (call: Call) => call.pns === from && call.pnsId === message.callId
        return find(connection, (call) => isLiving(call) && named(call)) ?? find(connection, named)
      }
      case 'Call-Disconnect-Notify': {
        const named = (call: Call) => call.pac === from && call.pacId === message.callId
        return find(connection, (call) => isLiving(call) && named(call)) ?? find(connection, named)
      }
      case 'WAN-Error-Notify':
        return find(
          connection,
          (call) => isLiving(call) && call.pac === from && call.pnsId === message.peersCallId,
        )
      case 'Set-Link-Info':
        return find(
          connection,
          (call) => isLiving(call) && call.pns === from && call.pacId === message.peersCallId,
        )
      default:
        return undefined
    }
  }

  function ask(
    connection: Connection,
    from: Side,
    direction: Call['direction'],
    request: Call['request'],
    at: number,
  ): void {
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
    assign(call, from, request.callId)
  }

  function apply(connection: Connection, from: Side, message: DecodedMessage, at: number): void {
    const other = oppositeSide(from)
    const call = resolve(connection, from, message)
    switch (message.name) {
      case 'unrecognized':
        trouble(connection, from)
        return
      case 'Start-Control-Connection-Request':
        connection.openStarts[from]++
        return
      case 'Start-Control-Connection-Reply':
        if (connection.openStarts[other] > 0) connection.openStarts[other]--
        if (connection.phase === 'open')
          enter(connection, message.resultCode === 1 ? 'established' : 'refused', from, at)
        return
      case 'Stop-Control-Connection-Request':
        connection.openStops[from]++
        connection.stopSent[from] ??= 'request'
        return
      case 'Stop-Control-Connection-Reply':
        if (connection.openStops[other] > 0) connection.openStops[other]--
        if (message.resultCode === 2) return
        connection.stopSent[from] = 'reply'
        if (connection.phase !== 'closed') enter(connection, 'stopped', from, at)
        return
      case 'Echo-Request': {
        const echoes = connection.openEchoes[from]
        echoes.set(message.identifier, (echoes.get(message.identifier) ?? 0) + 1)
        return
      }
      case 'Echo-Reply': {
        const echoes = connection.openEchoes[other]
        const open = echoes.get(message.identifier) ?? 0
        if (open > 1) echoes.set(message.identifier, open - 1)
        else echoes.delete(message.identifier)
        return
      }
      case 'Outgoing-Call-Request':
        ask(connection, from, 'outgoing', message, at)
        set(connection.calls.at(-1), from, message.packetRecvWindowSize)
        return
      case 'Incoming-Call-Request':
        ask(connection, from, 'incoming', message, at)
        return
      case 'Outgoing-Call-Reply':
      case 'Incoming-Call-Reply': {
        if (call === undefined) return
        // Whether there is a call after an undefined Result Code nobody can know.
        if (!isDefined(message.name, message.resultCode)) trouble(connection, from)
        const success = message.resultCode === 1
        // A refusal may carry any Call ID (interpretation A-40); it must not hide the call that has
        // it.
        const holder = connection.pair.assigned[from].get(message.callId)
        if (success || holder === undefined || !isLiving(holder)) assign(call, from, message.callId)
        set(call, from, message.packetRecvWindowSize)
        if (call.phase === 'asked')
          pass(call, success ? (call.direction === 'outgoing' ? 'connected' : 'accepted') : 'refused', at)
        return
      }
      case 'Incoming-Call-Connected':
        if (call === undefined) return
        set(call, from, message.packetRecvWindowSize)
        pass(call, 'connected', at)
        return
      case 'Call-Clear-Request':
        if (call !== undefined) call.clearing = true
        return
      case 'Call-Disconnect-Notify': {
        // A PAC that puts another Call ID into it ends the one call that is being cleared all the
        // same.
        const meant = call ?? find(connection, (one) => one.pac === from && one.clearing && isLiving(one))
        if (meant !== undefined) end(meant, { by: from, how: 'notify' }, at)
        return
      }
      default:
        return
    }
  }

  function set(call: Call | undefined, side: Side, window: number): void {
    if (call !== undefined) call.window[side] = window
  }

  function view(pair: Pair): TunnelView {
    const known = pair.connected && !pair.tainted
    if (pair.view?.known !== known) pair.view = makeView(pair, known)
    return pair.view
  }

  function makeView(pair: Pair, known: boolean): TunnelView {
    return {
      known,
      assigned: (side, callId) => pair.assigned[side].get(callId),
      elsewhere(side, callId) {
        for (const other of pairs.values()) {
          const call = other === pair ? undefined : other.assigned[side].get(callId)
          if (call !== undefined && isLiving(call)) return call
        }
        return undefined
      },
      isLive: () => pair.connections.some(({ calls }) => calls.some(isLiving)),
    }
  }

  return {
    tunnel: (entry) => view(entry.kind === 'gre' ? pairOf(entry.tester, entry.iut) : pairOf('', '')),
    tunnelOf: (connection) => view(own(connection.number).pair),
    connection: own,
    lifecycle(entry) {
      switch (entry.kind) {
        case 'tcp-open':
          return create(
            entry.connection,
            entry.opener,
            pairOf(entry.tester.address, entry.iut.address),
            entry.at,
          )
        case 'tcp-end':
        case 'tcp-reset': {
          const connection = own(entry.connection)
          if (connection.phase !== 'closed') {
            enter(connection, 'closed', entry.from, entry.at)
            connection.wasReset = entry.kind === 'tcp-reset'
          }
          return connection
        }
        case 'tcp-gap': {
          const connection = own(entry.connection)
          trouble(connection, entry.from)
          return connection
        }
        default:
          return undefined
      }
    },
    callOf: (connection, from, message) => resolve(own(connection.number), from, message),
    apply: (connection, from, message, at) => apply(own(connection.number), from, message, at),
    trouble: (connection, side) => trouble(own(connection.number), side),
    callOfPacket: (entry, packet) =>
      entry.kind === 'gre'
        ? pairOf(entry.tester, entry.iut).assigned[oppositeSide(entry.from)].get(packet.callId)
        : undefined,
  }
}

function isDefined(name: 'Outgoing-Call-Reply' | 'Incoming-Call-Reply', resultCode: number): boolean {
  return MESSAGES[name].body.some(
    ({ name: field, ...rest }) =>
      field === 'resultCode' &&
      'legal' in rest &&
      rest.legal.kind === 'codes' &&
      resultCode in rest.legal.codes,
  )
}
