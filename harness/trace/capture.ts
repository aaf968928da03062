import { getHeapStatistics } from 'node:v8'
import { decodeGre, GRE_PROTOCOL_PPP, IP_PROTOCOL_GRE } from '../protocol/gre.ts'
import { createIpReassembly, type IpPacket } from '../protocol/ip-reassembly.ts'
import { MAGIC_COOKIE, PPTP_PORT } from '../protocol/messages.ts'
import { readUint16 } from '../protocol/octets.ts'
import { type CapturedFrame, readFrames } from './capture-file.ts'
import { passageOf } from './capture-interfaces.ts'
import { createDamage } from './checksums.ts'
import { createCopyFilter } from './copies.ts'
import { LINKTYPE_UPPER_PDU, readPlainFrame } from './exported-pdu.ts'
import { TcpFlag } from './ip.ts'
import { linkPayload } from './link-layer.ts'
import { oppositeSide } from './messages.ts'
import { createStream, isSyn, readSegment, type Segment, type Stream } from './tcp-reassembly.ts'
import type { Side, Trace, TraceEntry } from './trace.ts'

/** Everything that two addresses said to each other in PPTP, out of a capture. */
export interface CapturedConversation {
  /**
   * `tester` is the side that opened the first TCP connection (or speaks to port 1723, where the
   * capture began later), `iut` the other: words of the trace, which mean nothing more here.
   */
  readonly trace: Trace
  readonly tester: string
  readonly iut: string
  /** By trace entry index: the frame of the capture, counted from 1. */
  readonly frames: readonly number[]
}

export interface CaptureContent {
  /** In the order in which they began. */
  readonly conversations: readonly CapturedConversation[]
  /** Frames read. */
  readonly frames: number
  /** What was left out of account, and why: for people. */
  readonly notes: readonly string[]
}

/** Limits: a capture is as hostile as what it holds. */
const MOST_CONNECTIONS = 50_000
/**
 * Steps that fit into the memory of this process: a GRE packet with its step and its entry takes
 * some 700 octets. Node sets the limit by the machine's memory; `--max-old-space-size` raises it.
 */
const MOST_STEPS = Math.floor(getHeapStatistics().heap_size_limit / 800)
const IP_PROTOCOL_TCP = 6

/** A step of a conversation, by address; it becomes a trace entry once it is known who is who. */
interface Step {
  readonly frame: number
  readonly time: number
  /** Makes the whole entry at once: a capture may have millions. */
  readonly make: (sideOf: (address: string) => Side, place: Place) => TraceEntry
  /** A hole that was mended. */
  dropped?: boolean
}

/** Where an entry stands in its trace. */
type Place = Pick<TraceEntry, 'index' | 'at'>

type End = 'originator' | 'recipient'

interface Pair {
  readonly addresses: readonly [string, string]
  readonly steps: Step[]
  /** TCP connections to port 1723, numbered as they came. */
  connections: number
  /** Whether any of them got an answer. */
  answered: boolean
  /** Whether any GRE packet between them is of the kind that PPTP uses. */
  tunnel: boolean
  /** Who has sent such packets. */
  readonly genuine: Set<string>
  /** GRE packets of what other tunnels carry. */
  readonly others: { readonly source: string; readonly step: Step; readonly name: string }[]
  originator: string | undefined
}

interface Connection {
  readonly pair: Pair
  readonly number: number
  readonly originator: { readonly address: string; readonly port: number }
  readonly recipient: { readonly address: string; readonly port: number }
  /** Of the first SYN; undefined where the capture began later. */
  readonly initial: number | undefined
  readonly streams: ReadonlyMap<string, Stream>
  opened: boolean
  closed: boolean
}

/**
 * Reads a pcap or pcapng file and finds the PPTP conversations in it. IPv4 only. What is damaged,
 * cut or missing never raises an error beyond the file's own structure: it is in the notes, or
 * marked in the trace as a gap.
 * @param source what to call the file in messages.
 * @throws UsageError when it is no capture, or damaged; the message names the file offset.
 */
export function readCapture(octets: Uint8Array, source = 'the capture'): CaptureContent {
  const { content, offloaded } = readOnce(octets, source, new Set())
  // Whose checksums are always wrong was captured before they were filled in.
  return offloaded.length === 0 ? content : readOnce(octets, source, new Set(offloaded)).content
}

function readOnce(
  octets: Uint8Array,
  source: string,
  trusted: ReadonlySet<number>,
): { readonly content: CaptureContent; readonly offloaded: readonly number[] } {
  const notes: string[] = []
  const copies = createCopyFilter()
  const damage = createDamage(trusted)
  const ignored = new Map<string, number>()
  const reassembly = createIpReassembly()
  const pairs = new Map<string, Pair>()
  const connections = new Map<string, Connection>()
  let connectionCount = 0
  let stepCount = 0
  let frames = 0
  let now: CapturedFrame | undefined

  const ignore = (what: string) => ignored.set(what, (ignored.get(what) ?? 0) + 1)

  function pairOf(a: string, b: string): Pair {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`
    const known = pairs.get(key)
    if (known !== undefined) return known
    const pair: Pair = {
      addresses: [a, b],
      steps: [],
      connections: 0,
      answered: false,
      tunnel: false,
      genuine: new Set(),
      others: [],
      originator: undefined,
    }
    pairs.set(key, pair)
    return pair
  }

  function add(pair: Pair, frame: number, make: Step['make']): Step | undefined {
    if (++stepCount > MOST_STEPS) return undefined
    const step: Step = { frame, time: now?.time ?? 0, make }
    pair.steps.push(step)
    return step
  }

  function connect(
    key: string,
    originator: Connection['originator'],
    recipient: Connection['recipient'],
    initial: number | undefined,
  ): Connection | undefined {
    if (connectionCount >= MOST_CONNECTIONS) {
      ignore('TCP connections beyond the first 50,000')
      return undefined
    }
    connectionCount++
    const pair = pairOf(originator.address, recipient.address)
    const connection: Connection = {
      pair,
      number: ++pair.connections,
      originator,
      recipient,
      initial,
      streams: new Map([
        [nameOf(originator), streamFrom('originator', () => connection)],
        [nameOf(recipient), streamFrom('recipient', () => connection)],
      ]),
      opened: false,
      closed: false,
    }
    connections.set(key, connection)
    return connection
  }

  function streamFrom(end: End, connection: () => Connection): Stream {
    return createStream({
      data: (data, frame) =>
        void addOf(connection(), end, frame, (from, number, { index, at }) => ({
          index,
          at,
          kind: 'tcp-data',
          connection: number,
          from,
          octets: data,
        })),
      end: (frame) =>
        void addOf(connection(), end, frame, (from, number, { index, at }) => ({
          index,
          at,
          kind: 'tcp-end',
          connection: number,
          from,
        })),
      hole(detail, frame) {
        const step = addOf(connection(), end, frame, (from, number, { index, at }) => ({
          index,
          at,
          kind: 'tcp-gap',
          connection: number,
          from,
          detail,
        }))
        return {
          mend() {
            if (step !== undefined) step.dropped = true
          },
        }
      },
    })
  }

  /** Adds what one end of a connection did. By end, not by address: both may have the same. */
  function addOf(
    { pair, number, originator }: Connection,
    end: End,
    frame: number,
    make: (from: Side, number: number, place: Place) => TraceEntry,
  ): Step | undefined {
    return add(pair, frame, (sideOf, place) => {
      const opener = sideOf(originator.address)
      return make(end === 'originator' ? opener : oppositeSide(opener), number, place)
    })
  }

  /** The connection answers: from here on it is one. */
  function open(connection: Connection, frame: number): void {
    if (connection.opened) return
    connection.opened = true
    const { pair, number, originator, recipient, initial } = connection
    pair.answered = true
    pair.originator ??= originator.address
    if (initial === undefined) return
    add(pair, frame, (sideOf, { index, at }) => {
      const opener = sideOf(originator.address)
      const [tester, iut] = opener === 'tester' ? [originator, recipient] : [recipient, originator]
      return { index, at, kind: 'tcp-open', connection: number, opener, tester, iut }
    })
  }

  function takeTcp(packet: IpPacket, frame: number): void {
    const segment = readSegment(packet.payload)
    if (segment === undefined) {
      if (packet.protocol === IP_PROTOCOL_TCP && packet.payload.length > 0) ignore('TCP segments cut short')
      return
    }
    if (segment.sourcePort !== PPTP_PORT && segment.destinationPort !== PPTP_PORT) return
    const source = { address: packet.source, port: segment.sourcePort }
    const destination = { address: packet.destination, port: segment.destinationPort }
    const key = [nameOf(source), nameOf(destination)].sort().join(' ')
    const connection = connectionOf(key, segment, source, destination)
    if (connection === undefined || connection.closed) return
    takeSegment(connection, segment, source, destination, packet.cut, frame)
  }

  function connectionOf(
    key: string,
    segment: Segment,
    source: Connection['originator'],
    destination: Connection['originator'],
  ): Connection | undefined {
    const known = connections.get(key)
    switch (isSyn(segment)) {
      case 'request':
        // The same numbers again are a retransmission; others are a new connection between the same
        // ports.
        if (known !== undefined && known.initial === segment.sequence) return known
        return connect(key, source, destination, segment.sequence)
      case 'answer':
        return known ?? connect(key, destination, source, (segment.acknowledgment - 1) >>> 0)
      default: {
        if (known !== undefined) return known
        if (segment.data.length === 0) return undefined
        // The capture began later: who speaks to port 1723 opened it.
        const toPort = segment.destinationPort === PPTP_PORT
        return toPort
          ? connect(key, source, destination, undefined)
          : connect(key, destination, source, undefined)
      }
    }
  }

  function takeSegment(
    connection: Connection,
    segment: Segment,
    source: Connection['originator'],
    destination: Connection['originator'],
    cut: number,
    frame: number,
  ): void {
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
      if (isSyn(segment) === 'answer') open(connection, frame)
    }
    if (data.length > 0) open(connection, frame)
    if (!mine.begun() && beginsMessage(data)) mine.begin(sequence)
    // First what it acknowledges: the other side said that before.
    if ((flags & TcpFlag.ack) !== 0 && other.begun()) other.acknowledged(segment.acknowledgment, frame)
    if (data.length > 0 || cut > 0) mine.take(sequence, data, cut, frame)
    if ((flags & TcpFlag.fin) !== 0) mine.fin((sequence + data.length + cut) >>> 0, frame)
    if ((flags & TcpFlag.rst) !== 0) {
      connection.closed = true
      const end = nameOf(source) === nameOf(connection.originator) ? 'originator' : 'recipient'
      if (connection.opened)
        addOf(connection, end, frame, (from, number, { index, at }) => ({
          index,
          at,
          kind: 'tcp-reset',
          connection: number,
          from,
          detail: 'RST',
        }))
    }
  }

  function takeGre(
    source: string,
    destination: string,
    octets: Uint8Array,
    cut: number,
    frame: number,
  ): void {
    const pair = pairOf(source, destination)
    const packet = decodeGre(octets)
    if (packet.kind === 'gre' && packet.protocolType === GRE_PROTOCOL_PPP) {
      pair.tunnel = true
      pair.genuine.add(source)
    }
    const only = passageOf(now?.interfaceName)
    const usual = cut === 0 && only === undefined
    const more = usual ? undefined : { ...(cut > 0 ? { cut } : {}), ...(only === undefined ? {} : { only }) }
    const step = add(pair, frame, (sideOf, { index, at }) => {
      const from = sideOf(source)
      const tester = from === 'tester' ? source : destination
      const iut = from === 'tester' ? destination : source
      return usual
        ? { index, at, kind: 'gre', from, tester, iut, octets }
        : { index, at, kind: 'gre', from, tester, iut, octets, ...more }
    })
    const other = otherTunnelOf(octets)
    if (step !== undefined && other !== undefined) pair.others.push({ source, step, name: other })
  }

  /**
   * Octets that pptpspec itself put beside the wire, because no dissector could have shown them on
   * it.
   */
  function takePlain(octets: Uint8Array, frame: number): void {
    const plain = readPlainFrame(octets)
    if (plain === undefined) {
      ignore('exported PDUs')
      return
    }
    const { source, destination, ports } = plain
    if (ports === undefined) {
      takeGre(source, destination, plain.octets, 0, frame)
      return
    }
    const from = nameOf({ address: source, port: ports.source })
    const to = nameOf({ address: destination, port: ports.destination })
    connections.get([from, to].sort().join(' '))?.streams.get(from)?.fill(plain.octets, frame)
  }

  for (const frame of readFrames(octets, source, (text) => notes.push(text))) {
    frames++
    now = frame
    if (frame.linkType === LINKTYPE_UPPER_PDU) {
      takePlain(frame.octets, frame.number)
      continue
    }
    const payload = linkPayload(frame.linkType, frame.octets)
    if (payload.kind === 'other') {
      ignore(payload.what)
      continue
    }
    // What our own impairment did to a packet is told by the interface.
    const isOwn = passageOf(frame.interfaceName) !== undefined
    if (!isOwn && damage.isDamaged(payload.octets, frame.cut)) continue
    if (!isOwn && copies.isCopy(payload.octets, frame.time)) {
      ignore('copies of packets that were captured before')
      continue
    }
    const packet = reassembly.take(payload.octets, frame.cut, frame.time)
    if (packet?.protocol === IP_PROTOCOL_TCP) takeTcp(packet, frame.number)
    else if (packet?.protocol === IP_PROTOCOL_GRE)
      takeGre(packet.source, packet.destination, packet.payload, packet.cut, frame.number)
    else if (packet !== undefined) {
      const tunnel = tunnelIn(packet)
      if (tunnel !== undefined) ignore(`${tunnel}, which is not looked into`)
    }
    if (stepCount > MOST_STEPS) {
      notes.push(
        `only the first ${MOST_STEPS} steps were read, up to frame ${frame.number}: as many as fit into memory; NODE_OPTIONS=--max-old-space-size=MB gives more`,
      )
      break
    }
  }
  const { headers, segments } = damage
  if (headers > 0)
    notes.push(`${headers} packets with a wrong IP header checksum left out: no receiver takes them`)
  if (segments > 0)
    notes.push(`${segments} segments with a wrong TCP checksum left out: no receiver takes them`)
  for (const pair of pairs.values()) leaveOthersOut(pair, ignore)
  for (const [what, count] of ignored) notes.push(`${count} frames left out: ${what}`)
  const incomplete = reassembly.incomplete()
  if (incomplete > 0) notes.push(`${incomplete} fragmented packets left out: not all of them is there`)
  return {
    content: {
      frames,
      notes,
      conversations: [...pairs.values()].filter((pair) => pair.answered || pair.tunnel).map(conversationOf),
    },
    offloaded: damage.offloaded(),
  }
}

/** UDP ports of TZSP and VXLAN. */
const UDP_TUNNELS: Readonly<Record<number, string>> = { 37008: 'TZSP', 4789: 'VXLAN', 1701: 'L2TP' }
/** IP protocols that carry IP. */
const IP_TUNNELS: Readonly<Record<number, string>> = { 4: 'IP in IP', 41: 'IPv6 in IPv4', 50: 'ESP' }
const IP_PROTOCOL_UDP = 17

/** What a packet carries in which PPTP may be hidden; undefined for others. */
function tunnelIn({ protocol, payload }: IpPacket): string | undefined {
  if (protocol !== IP_PROTOCOL_UDP) return IP_TUNNELS[protocol]
  return payload.length < 8 ? undefined : UDP_TUNNELS[readUint16(payload, 2)]
}

/**
 * GRE of a Protocol Type that others use, between two ends that have PPTP as well, is another
 * tunnel: who sends none of PPTP's is wrong instead.
 */
function leaveOthersOut({ others, genuine }: Pair, ignore: (what: string) => void): void {
  for (const { source, step, name } of others) {
    if (!genuine.has(source)) continue
    step.dropped = true
    ignore(`GRE of another tunnel: ${name}`)
  }
}

/** Protocol Types of what GRE carries besides PPTP. */
const OTHER_TUNNELS: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  34525: 'IPv6',
  25600: 'EoIP',
  25944: 'Ethernet',
  34887: 'MPLS',
  35006: 'ERSPAN',
  8939: 'ERSPAN III',
}

/** What a GRE packet carries where that is known and none of PPTP's. */
export function otherTunnelOf(octets: Uint8Array): string | undefined {
  return octets.length < 4 ? undefined : OTHER_TUNNELS[readUint16(octets, 2)]
}

function conversationOf({ addresses, originator, steps }: Pair): CapturedConversation {
  const tester = originator ?? addresses[0]
  const iut = addresses[0] === tester ? addresses[1] : addresses[0]
  const sideOf = (address: string): Side => (address === tester ? 'tester' : 'iut')
  const kept = steps.filter(({ dropped }) => dropped !== true)
  const startedAt = kept[0]?.time ?? 0
  const frames: number[] = []
  const entries: TraceEntry[] = []
  let at = 0
  for (const { frame, time, make } of kept) {
    // Captures of several interfaces may be out of order; a trace's time does not run backwards.
    at = Math.max(at, time - startedAt)
    frames.push(frame)
    entries.push(make(sideOf, { index: entries.length, at }))
  }
  return { trace: { startedAt, entries, captured: true }, tester, iut, frames }
}

function nameOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address}:${port}`
}

/**
 * Whether octets look like the beginning of a control message: where a capture begins in the
 * middle, there is no other hold.
 */
function beginsMessage(octets: Uint8Array): boolean {
  return (
    octets.length >= 8 &&
    new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(4) === MAGIC_COOKIE
  )
}
