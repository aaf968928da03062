import type { Endpoint } from '../network/network.ts'
import type { IpPacket } from '../protocol/ip-reassembly.ts'
import { MAGIC_COOKIE, PPTP_PORT } from '../protocol/messages.ts'
import {
  addStep,
  type Conversations,
  type EntryPlace,
  ignore,
  type Pair,
  pairOf,
  type Step,
} from './conversations.ts'
import { TcpFlag } from './ip.ts'
import { oppositeSide } from './messages.ts'
import { createStream, isSyn, readSegment, type Segment, type Stream } from './tcp-reassembly.ts'
import type { Side, TraceEntry } from './trace.ts'

/** Reads the TCP connections of a capture to port 1723. */

export const IP_PROTOCOL_TCP = 6
/** A limit, because a capture may come from a hostile network. */
const MOST_CONNECTIONS = 50_000

type End = 'originator' | 'recipient'

interface Connection {
  readonly pair: Pair
  readonly number: number
  readonly originator: Endpoint
  readonly recipient: Endpoint
  /** The sequence number of the first SYN; undefined when the capture began later. */
  readonly initial: number | undefined
  /** Both directions, by the name of the sending end. */
  readonly streams: ReadonlyMap<string, Stream>
  opened: boolean
  closed: boolean
}

/** The connections found so far. */
export interface Connections {
  readonly conversations: Conversations
  /** The latest connection between two ends, by their names. */
  readonly byEnds: Map<string, Connection>
  /** The TCP port of control connections. */
  readonly port: number
  count: number
}

/** A segment of a connection, with its direction. */
interface Passing {
  readonly segment: Segment
  readonly source: Endpoint
  readonly destination: Endpoint
  /** The number of octets at its end that the capture does not hold. */
  readonly cut: number
  readonly frame: number
}

/**
 * Creates an empty set of connections. @param conversations gets a step for each event of a
 * connection.
 */
export function createConnections(conversations: Conversations, port = PPTP_PORT): Connections {
  return { conversations, byEnds: new Map(), port, count: 0 }
}

/** Takes a TCP packet; ignores one that is neither to nor from the port of control connections. */
export function takeTcp(connections: Connections, packet: IpPacket, frame: number): void {
  const segment = readSegment(packet.payload)
  if (segment === undefined) {
    if (packet.protocol === IP_PROTOCOL_TCP && packet.payload.length > 0)
      ignore(connections.conversations, 'TCP segments cut short')
    return
  }
  if (segment.sourcePort !== connections.port && segment.destinationPort !== connections.port) return
  const source = { address: packet.source, port: segment.sourcePort }
  const destination = { address: packet.destination, port: segment.destinationPort }
  const passing: Passing = { segment, source, destination, cut: packet.cut, frame }
  const connection = connectionOf(connections, passing)
  if (connection === undefined) return
  connection.pair.last = connections.conversations.frames
  if (connection.closed) return
  takeSegment(connections, connection, passing)
}

/** Fills a gap of a stream with octets that were captured apart from their segment. */
export function fillStream(
  { byEnds }: Connections,
  source: Endpoint,
  destination: Endpoint,
  octets: Uint8Array,
  frame: number,
): void {
  byEnds.get(keyOf(source, destination))?.streams.get(nameOf(source))?.fill(octets, frame)
}

function connectionOf(connections: Connections, passing: Passing): Connection | undefined {
  const { segment, source, destination } = passing
  const known = connections.byEnds.get(keyOf(source, destination))
  switch (isSyn(segment)) {
    case 'request':
      // The same numbers again are a retransmission; others are a new connection between the same
      // ports.
      if (known !== undefined && known.initial === segment.sequence) return known
      return connect(connections, source, destination, segment.sequence)
    case 'answer':
      return known ?? connect(connections, destination, source, (segment.acknowledgment - 1) >>> 0)
    default: {
      if (known !== undefined) return known
      if (segment.data.length === 0) return undefined
      // The capture began later: the sender to port 1723 counts as the one that opened it.
      const toPort = segment.destinationPort === connections.port
      return toPort
        ? connect(connections, source, destination, undefined)
        : connect(connections, destination, source, undefined)
    }
  }
}

function connect(
  connections: Connections,
  originator: Endpoint,
  recipient: Endpoint,
  initial: number | undefined,
): Connection | undefined {
  const { conversations, byEnds } = connections
  if (connections.count >= MOST_CONNECTIONS) {
    ignore(conversations, 'TCP connections beyond the first 50,000')
    return undefined
  }
  const pair = pairOf(conversations, originator.address, recipient.address)
  if (pair === undefined) return undefined
  connections.count++
  const connection: Connection = {
    pair,
    number: ++pair.connections,
    originator,
    recipient,
    initial,
    streams: new Map([
      [nameOf(originator), streamFrom('originator', conversations, () => connection)],
      [nameOf(recipient), streamFrom('recipient', conversations, () => connection)],
    ]),
    opened: false,
    closed: false,
  }
  byEnds.set(keyOf(originator, recipient), connection)
  return connection
}

function streamFrom(end: End, conversations: Conversations, connection: () => Connection): Stream {
  return createStream({
    data(octets, frame) {
      addOf(conversations, connection(), end, frame, (from, number, { index, at }) => ({
        index,
        at,
        kind: 'tcp-data',
        connection: number,
        from,
        octets,
      }))
    },
    end(frame) {
      addOf(conversations, connection(), end, frame, (from, number, { index, at }) => ({
        index,
        at,
        kind: 'tcp-end',
        connection: number,
        from,
      }))
    },
    hole(detail, frame) {
      const step = addOf(conversations, connection(), end, frame, (from, number, { index, at }) => ({
        index,
        at,
        kind: 'tcp-gap',
        connection: number,
        from,
        detail,
      }))
      if (step !== undefined) step.undecided = true
      return {
        mend() {
          if (step === undefined) return
          step.dropped = true
          step.undecided = false
        },
        isFinal: () => step?.told === true,
      }
    },
  })
}

/**
 * Returns a function that adds steps of one end of a connection. It goes by end, not by address:
 * both ends may have the same address.
 */
function addOf(
  conversations: Conversations,
  { pair, number, originator }: Connection,
  end: End,
  frame: number,
  make: (from: Side, number: number, place: EntryPlace) => TraceEntry,
): Step | undefined {
  return addStep(conversations, pair, frame, (sideOf, place) => {
    const opener = sideOf(originator.address)
    return make(end === 'originator' ? opener : oppositeSide(opener), number, place)
  })
}

/** Records that a connection was opened, once the other end has answered. */
function open(conversations: Conversations, connection: Connection, frame: number): void {
  if (connection.opened) return
  connection.opened = true
  const { pair, number, originator, recipient, initial } = connection
  pair.answered = true
  pair.originator ??= originator.address
  if (initial === undefined) return
  addStep(conversations, pair, frame, (sideOf, { index, at }) => {
    const opener = sideOf(originator.address)
    const [tester, iut] = opener === 'tester' ? [originator, recipient] : [recipient, originator]
    return { index, at, kind: 'tcp-open', connection: number, opener, tester, iut }
  })
}

function takeSegment({ conversations }: Connections, connection: Connection, passing: Passing): void {
  const { segment, source, destination, cut, frame } = passing
  const mine = connection.streams.get(nameOf(source))
  const other = connection.streams.get(nameOf(destination))
  if (mine === undefined || other === undefined) return
  const { flags, data } = segment
  const numbered = (flags & TcpFlag.syn) !== 0
  if (numbered) mine.begin(segment.sequence + 1)
  const sequence = (segment.sequence + (numbered ? 1 : 0)) >>> 0
  if ((flags & TcpFlag.ack) !== 0) {
    if (connection.initial !== undefined) other.begin(segment.acknowledgment)
    // An answer, or the third step of the handshake.
    if (isSyn(segment) === 'answer') open(conversations, connection, frame)
  }
  if (data.length > 0) open(conversations, connection, frame)
  if (!mine.begun() && beginsMessage(data)) mine.begin(sequence)
  // Its acknowledgment comes first: the other side sent the acknowledged octets before.
  if ((flags & TcpFlag.ack) !== 0 && other.begun()) other.acknowledged(segment.acknowledgment, frame)
  if (data.length > 0 || cut > 0) mine.take(sequence, data, cut, frame)
  if ((flags & TcpFlag.fin) !== 0) mine.fin((sequence + data.length + cut) >>> 0, frame)
  if ((flags & TcpFlag.rst) !== 0) reset(conversations, connection, source, frame)
}

function reset(conversations: Conversations, connection: Connection, source: Endpoint, frame: number): void {
  connection.closed = true
  if (!connection.opened) return
  const end = nameOf(source) === nameOf(connection.originator) ? 'originator' : 'recipient'
  addOf(conversations, connection, end, frame, (from, number, { index, at }) => ({
    index,
    at,
    kind: 'tcp-reset',
    connection: number,
    from,
    detail: 'RST',
  }))
}

/** Returns the key of a connection, the same for both directions. */
function keyOf(one: Endpoint, other: Endpoint): string {
  return [nameOf(one), nameOf(other)].sort().join(' ')
}

function nameOf({ address, port }: Endpoint): string {
  return `${address}:${port}`
}

/**
 * Whether octets look like the beginning of a control message. If a capture begins in the middle of
 * a connection, nothing else shows where a message begins.
 */
function beginsMessage(octets: Uint8Array): boolean {
  return (
    octets.length >= 8 &&
    new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(4) === MAGIC_COOKIE
  )
}
