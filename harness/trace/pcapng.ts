import type { Endpoint } from '../network/network.ts'
import { type DecodedGre, GRE_PROTOCOL_PPP } from '../protocol/gre.ts'
import type { Fragmentation } from '../protocol/ip.ts'
import { HEADER_SIZE, messageNameOf, sizeOf } from '../protocol/messages.ts'
import { printable } from '../protocol/octets.ts'
import { type CaptureLayer, interfaceOf } from './capture-interfaces.ts'
import { LINKTYPE_UPPER_PDU, type PlainOctets, plainFrame } from './exported-pdu.ts'
import { describeImpairment } from './impaired-path.ts'
import { greIpFragments, greIpPacket, LARGEST_SEGMENT, TcpFlag, tcpPacket } from './ip.ts'
import { type LooseOctets, oppositeSide, type ReadTrace, type TraceMessage } from './messages.ts'
import { type CaptureFrame, type CaptureInterface, encodePcapng } from './pcapng-blocks.ts'
import type { Passage, Side, Trace, TraceEntry } from './trace.ts'

const LINKTYPE_RAW = 101
const LINK_TYPES: Readonly<Record<CaptureLayer, number>> = { wire: LINKTYPE_RAW, octets: LINKTYPE_UPPER_PDU }
/** Places in the list of interfaces; others follow when there is something for them. */
const WIRE = 0
const OCTETS = 1

const IP_HEADER = 20
const TCP_HEADER = 20
const COMMENT_LIMIT = 500
const COMMENTS_A_FRAME = 20

/** What a capture shows, and so what tshark counts in it. */
export interface CaptureCounts {
  /** Frames that hold one control message each: what `tshark -Y pptp` counts. */
  readonly messages: number
  /** Frames that hold one GRE packet each: what `tshark -Y gre` counts. */
  readonly gre: number
  /**
   * Stretches of octets shown as plain data because they end before the message or packet that they
   * begin.
   */
  readonly plain: number
  readonly frames: number
}

export interface Capture {
  readonly octets: Uint8Array
  /**
   * By trace entry index: the first frame, counted from 1, that shows the entry. Notes stand in the
   * comments of the frame that follows them. An entry that left no frame (an empty write) is
   * absent.
   */
  readonly frames: ReadonlyMap<number, number>
  readonly counts: CaptureCounts
}

interface Connection {
  readonly ends: Readonly<Record<Side, Endpoint>>
  /** Next sequence number of each side. */
  readonly next: Record<Side, number>
}

/**
 * A trace as a capture file. Sockets tell octets, not segments, so packets are made up round what
 * they told:
 *
 * - One frame is one control message, however it was delivered: Wireshark's PPTP dissector (seen in
 *   4.0.17) reads one message a segment and reassembles nothing. Where a message was split, or
 *   shared a write with others, the frame's comment says so. The frame's time is when the message
 *   was complete.
 * - Sequence numbers, acknowledgments, handshakes and checksums are right, and "Follow TCP Stream"
 *   shows the very octets.
 * - Octets that end before the message they begin (cut short by a close, Length less than the
 *   type's table) would be marked as malformed PPTP. They are captured as a TCP segment sliced
 *   after its header, as any capture with a snap length is, and in full in the next frame, as plain
 *   data on a second interface.
 * - GRE packets that end inside a header, whose C or R bit calls for another layout, or whose PPP
 *   frame ends before its control packet's header are plain data on the second interface too.
 * - GRE that an impairment of ours lost, held back, delayed or doubled is there as often as one end
 *   of the path saw it, on interfaces of its own that say which end; the comment says what became
 *   of it.
 * - GRE that the tester cut into IP fragments is one frame for each of them, in the order in which
 *   they were sent.
 * - A message with a wrong Magic Cookie or an undefined type stays PPTP: the dissector can show it.
 *
 * What is malformed inside PPP stays as it is and is marked.
 */
export function writePcapng({ trace, parts }: ReadTrace): Capture {
  const frames: CaptureFrame[] = []
  const frameOf = new Map<number, number>()
  const connections = new Map<number, Connection>()
  const counts = { messages: 0, gre: 0, plain: 0 }
  const interfaces: CaptureInterface[] = []
  const impairments = impairmentsOf(trace)
  let nextPart = 0
  let identification = 0
  let time = 0
  let remarks: string[] = []
  let remarked: number[] = []

  function push(entry: TraceEntry, octets: Uint8Array, more: Partial<CaptureFrame> = {}): void {
    // What was never completed is shown late; time in a capture does not run backwards.
    time = Math.max(time, (trace.startedAt + entry.at) * 1000)
    const comments = [...remarks, ...(more.comments ?? [])]
    frames.push({ time, interface: WIRE, octets, ...more, comments: bounded(comments) })
    for (const index of remarked) showAt(index)
    remarks = []
    remarked = []
  }

  /** The newest frame shows that entry, unless an earlier one did. */
  function showAt(index: number): void {
    if (!frameOf.has(index)) frameOf.set(index, frames.length)
  }

  function remark(entry: TraceEntry, text: string): void {
    remarks.push(text)
    remarked.push(entry.index)
  }

  function nextIdentification(): number {
    identification = (identification + 1) % 0x10000
    return identification
  }

  function segment(
    connection: Connection,
    from: Side,
    flags: number,
    data: Uint8Array = new Uint8Array(0),
  ): Uint8Array {
    const to = oppositeSide(from)
    const packet = tcpPacket({
      source: connection.ends[from],
      destination: connection.ends[to],
      sequence: connection.next[from],
      acknowledgment: (flags & TcpFlag.ack) === 0 ? 0 : connection.next[to],
      flags,
      identification: nextIdentification(),
      data,
    })
    const numbered = data.length + ((flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1)
    connection.next[from] = (connection.next[from] + numbered) % 2 ** 32
    return packet
  }

  function pushPlain(
    entry: TraceEntry,
    plain: PlainOctets,
    comments: readonly string[],
    place = OCTETS,
  ): void {
    push(entry, plainFrame(plain), { interface: place, comments })
    counts.plain++
  }

  /** The place of an interface in the list. */
  function placeOf(layer: CaptureLayer, only?: Passage): number {
    const description = { linkType: LINK_TYPES[layer], ...interfaceOf(layer, only) }
    const known = interfaces.findIndex(({ name }) => name === description.name)
    return known === -1 ? interfaces.push(description) - 1 : known
  }

  function pushStretch(part: Exclude<TraceMessage, { kind: 'gre' }> | LooseOctets): void {
    const connection = connections.get(part.connection)
    if (connection === undefined) return
    const { entry, from, octets } = part
    const comments = deliveryOf(part, trace, (index) => frameOf.get(index))
    const flags = TcpFlag.psh | TcpFlag.ack
    if (isOneMessage(octets)) {
      push(entry, segment(connection, from, flags, octets), { comments })
      counts.messages++
    } else {
      for (let at = 0; at < octets.length; at += LARGEST_SEGMENT) {
        const packet = segment(connection, from, flags, octets.subarray(at, at + LARGEST_SEGMENT))
        push(entry, packet.subarray(0, IP_HEADER + TCP_HEADER), {
          originalLength: packet.length,
          comments: ['its data is in the next frame of interface 1'],
        })
      }
      const source = connection.ends[from]
      const destination = connection.ends[oppositeSide(from)]
      pushPlain(
        entry,
        {
          source: source.address,
          destination: destination.address,
          ports: { source: source.port, destination: destination.port },
          protocol: 'TCP data',
          info: comments[0] ?? `${octets.length} octets that are no whole PPTP message`,
          octets,
        },
        comments,
      )
    }
    for (const index of part.carriedBy) showAt(index)
  }

  function pushGre(part: TraceMessage & { readonly kind: 'gre' }): void {
    const { entry, octets, packet } = part
    if (entry.kind !== 'gre') return
    const [source, destination] =
      part.from === 'tester' ? [entry.tester, entry.iut] : [entry.iut, entry.tester]
    const problem = undissectable(packet, octets)
    const decisions = impairments.get(entry.index) ?? []
    const comments = [
      ...passageInWords(entry.only, decisions.length > 0),
      ...decisions.map(describeImpairment),
      ...fragmentsInWords(entry.fragments),
    ]
    if (problem === undefined) {
      const place = placeOf('wire', entry.only)
      const identification = nextIdentification()
      if (entry.fragments === undefined)
        push(entry, greIpPacket(source, destination, identification, octets), { interface: place, comments })
      else
        for (const fragment of greIpFragments(source, destination, identification, octets, entry.fragments))
          push(entry, fragment, { interface: place, comments })
      counts.gre++
    } else
      pushPlain(
        entry,
        { source, destination, protocol: 'GRE data', info: problem, octets },
        [problem, ...comments],
        placeOf('octets', entry.only),
      )
    showAt(entry.index)
    for (const { index } of decisions) showAt(index)
  }

  /** Shows everything that was complete before the entry with that index. */
  function pushPartsBefore(index: number): void {
    for (let part = parts[nextPart]; part !== undefined && part.entry.index < index; part = parts[nextPart]) {
      nextPart++
      if (part.kind === 'gre') pushGre(part)
      else pushStretch(part)
    }
  }

  function pushEntry(entry: TraceEntry): void {
    switch (entry.kind) {
      case 'tcp-open': {
        const connection: Connection = {
          ends: { tester: entry.tester, iut: entry.iut },
          next: {
            tester: (entry.connection * 1_000_003) % 2 ** 32,
            iut: (entry.connection * 2_000_003) % 2 ** 32,
          },
        }
        connections.set(entry.connection, connection)
        const accepter = oppositeSide(entry.opener)
        push(entry, segment(connection, entry.opener, TcpFlag.syn))
        showAt(entry.index)
        push(entry, segment(connection, accepter, TcpFlag.syn | TcpFlag.ack))
        push(entry, segment(connection, entry.opener, TcpFlag.ack))
        return
      }
      case 'tcp-refused': {
        const connection: Connection = {
          ends: { tester: { address: testerAddress(trace, entry.iut.address), port: 0 }, iut: entry.iut },
          next: { tester: 0, iut: 0 },
        }
        push(entry, segment(connection, 'tester', TcpFlag.syn), {
          comments: [`not opened: ${printable(entry.detail)}; the tester's port is not known`],
        })
        showAt(entry.index)
        if (entry.detail === 'ECONNREFUSED')
          push(entry, segment(connection, 'iut', TcpFlag.rst | TcpFlag.ack))
        return
      }
      case 'tcp-end': {
        const connection = connections.get(entry.connection)
        if (connection === undefined) return
        push(entry, segment(connection, entry.from, TcpFlag.fin | TcpFlag.ack))
        showAt(entry.index)
        push(entry, segment(connection, oppositeSide(entry.from), TcpFlag.ack))
        return
      }
      case 'tcp-reset': {
        const connection = connections.get(entry.connection)
        if (connection === undefined) return
        push(entry, segment(connection, entry.from, TcpFlag.rst | TcpFlag.ack), {
          comments: [printable(entry.detail)],
        })
        showAt(entry.index)
        // Sockets can tell of an end twice; the wire cannot.
        connections.delete(entry.connection)
        return
      }
      case 'gre-error':
        remark(entry, `ICMP error for GRE: ${printable(entry.detail)}`)
        return
      case 'note':
        remark(entry, printable(entry.text, COMMENT_LIMIT))
        return
      case 'tcp-data':
      case 'gre':
      case 'impairment':
        return
    }
  }

  placeOf('wire')
  placeOf('octets')
  for (const entry of trace.entries) {
    pushPartsBefore(entry.index)
    pushEntry(entry)
  }
  pushPartsBefore(Number.POSITIVE_INFINITY)
  const last = frames.at(-1)
  if (remarks.length > 0 && last !== undefined) {
    frames[frames.length - 1] = {
      ...last,
      comments: bounded([...last.comments, ...remarks.map((text) => `afterwards: ${text}`)]),
    }
    for (const index of remarked) showAt(index)
  }

  const octets = encodePcapng(
    {
      application: 'pptpspec',
      comment:
        'Written from what sockets told, not captured from a wire: octets and times are real, TCP segments are made up, one for each control message.',
    },
    interfaces,
    frames,
  )
  return { octets, frames: frameOf, counts: { ...counts, frames: frames.length } }
}

/** What a capture of a trace shows of messages and packets, without making it. */
export function countsOf({ parts }: ReadTrace): Pick<CaptureCounts, 'messages' | 'gre'> {
  let [messages, gre] = [0, 0]
  for (const part of parts)
    if (part.kind === 'gre') {
      if (undissectable(part.packet, part.octets) === undefined) gre++
    } else if (isOneMessage(part.octets)) messages++
  return { messages, gre }
}

/** Whether octets are shown as one frame that holds a message. */
function isOneMessage(octets: Uint8Array): boolean {
  return octets.length <= LARGEST_SEGMENT && isWholeMessage(octets)
}

/** Whether the dissector finds every field that the octets' own header promises. */
function isWholeMessage(octets: Uint8Array): boolean {
  if (octets.length < HEADER_SIZE) return false
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const name = messageNameOf(view.getUint16(8))
  return octets.length >= Math.max(view.getUint16(0), name === undefined ? HEADER_SIZE : sizeOf(name))
}

/** Why a dissector would run past the end of a GRE packet; undefined where it does not. */
function undissectable(packet: DecodedGre, octets: Uint8Array): string | undefined {
  if (packet.kind === 'unrecognized-gre') {
    const first = ((octets[0] ?? 0) << 8) | (octets[1] ?? 0)
    const another = (first & 0xc000) !== 0
    const header = 4 + 4 * [0x2000, 0x1000, 0x0080].filter((bit) => (first & bit) !== 0).length
    return another || octets.length < header ? `not shown as GRE: ${packet.reason}` : undefined
  }
  const { payload } = packet
  if (packet.protocolType !== GRE_PROTOCOL_PPP || packet.sequencePresent === 0) return undefined
  // The dissector takes everything after the header for PPP, whatever Payload Length says.
  return payload.length + packet.trailing.length >= smallestPpp(payload)
    ? undefined
    : `not shown as GRE: ${payload.length} octets are less than a PPP frame`
}

/** Octets that a PPP frame has at least, going by its beginning. */
function smallestPpp(payload: Uint8Array): number {
  const start = payload[0] === 0xff ? 2 : 0
  // Protocol field compression: an odd first octet is the whole field.
  const compressed = ((payload[start] ?? 0) & 1) === 1
  if (compressed) return start + 1
  // 0x8000 and above are control protocols: Code, Identifier, Length follow.
  return start + 2 + ((payload[start] ?? 0) >= 0x80 ? 4 : 0)
}

type Decision = TraceEntry & { readonly kind: 'impairment' }

/** The decisions of an impairment by the entry that they concern. */
function impairmentsOf(trace: Trace): ReadonlyMap<number, readonly Decision[]> {
  const found = new Map<number, Decision[]>()
  for (const entry of trace.entries)
    if (entry.kind === 'impairment') found.set(entry.of, [...(found.get(entry.of) ?? []), entry])
  return found
}

/** Where no decision says why only one end saw a packet, what that means. */
function passageInWords(only: Passage | undefined, decided: boolean): readonly string[] {
  if (decided || only === undefined) return []
  return [only === 'received' ? 'impairment: arrives late, or as a copy' : 'impairment: did not arrive then']
}

function fragmentsInWords(fragments: Fragmentation | undefined): readonly string[] {
  return fragments === undefined
    ? []
    : [`sent in IP fragments of ${fragments.size} octets each, ${fragments.order}`]
}

/** How a stretch of octets reached its receiver, where that is not simply one write of its own. */
function deliveryOf(
  part: Exclude<TraceMessage, { kind: 'gre' }> | LooseOctets,
  trace: Trace,
  frameOf: (index: number) => number | undefined,
): string[] {
  const comments: string[] = []
  if (part.kind === 'out-of-step') comments.push(`out of step: ${printable(part.detail)}`)
  else if (part.kind === 'loose')
    comments.push(
      part.why === 'incomplete'
        ? `${part.octets.length} octets of a message that was never completed`
        : part.why === 'after-loss-of-step'
          ? `${part.octets.length} octets after the stream lost step`
          : `${part.octets.length} octets, no longer framed after so many messages`,
    )
  else if (part.message.name === 'unrecognized') comments.push(printable(part.message.reason))
  const [first] = part.carriedBy
  if (first === undefined) return comments
  const begun = trace.entries[first]?.at ?? part.entry.at
  if (part.carriedBy.length > 1)
    comments.push(
      `delivered in ${part.carriedBy.length} pieces within ${(part.entry.at - begun).toFixed(1)} ms`,
    )
  const shared = frameOf(first)
  if (shared !== undefined) comments.push(`begins in the same write or read as frame ${shared}`)
  return comments
}

function testerAddress(trace: Trace, iut: string): string {
  for (const entry of trace.entries) {
    if (entry.kind === 'tcp-open' && entry.iut.address === iut) return entry.tester.address
    if (entry.kind === 'gre' && entry.iut === iut) return entry.tester
  }
  return '0.0.0.0'
}

function bounded(comments: readonly string[]): readonly string[] {
  if (comments.length <= COMMENTS_A_FRAME) return comments
  const kept = comments.slice(0, COMMENTS_A_FRAME)
  return [...kept, `${comments.length - kept.length} more remarks are in the trace`]
}
