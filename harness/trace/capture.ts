import { IP_PROTOCOL_GRE } from '../protocol/gre.ts'
import { createIpReassembly, type IpPacket, type IpReassembly } from '../protocol/ip-reassembly.ts'
import { readUint16 } from '../protocol/octets.ts'
import { readFrames } from './capture-file.ts'
import { passageOf } from './capture-interfaces.ts'
import type { CapturedFrame } from './captured-frame.ts'
import { leaveOthersOut, takeGre } from './captured-gre.ts'
import { type Connections, createConnections, fillStream, IP_PROTOCOL_TCP, takeTcp } from './captured-tcp.ts'
import { createDamage, type Damage } from './checksums.ts'
import {
  type CapturedConversation,
  type Collecting,
  type Conversations,
  conversationsOf,
  createConversations,
  ignore,
  isFull,
  MOST_STEPS,
  tellNew,
} from './conversations.ts'
import { type CopyFilter, createCopyFilter } from './copies.ts'
import { LINKTYPE_UPPER_PDU, readPlainFrame } from './exported-pdu.ts'
import { linkPayload } from './link-layer.ts'

export type { CapturedConversation } from './conversations.ts'

export interface CaptureContent {
  /** In the order in which they began. */
  readonly conversations: readonly CapturedConversation[]
  /** The number of frames that were read. */
  readonly frames: number
  /** Notes for the user on what was left out, and why. */
  readonly notes: readonly string[]
}

/**
 * Reads a pcap or pcapng file and finds the IPv4 PPTP conversations in it. Damaged, cut or missing
 * packets raise no error: the notes mention them, or the trace has a gap. Only a damaged file
 * structure is an error.
 * @param source the file's name, for error messages.
 * @throws UsageError when the file is not a capture, or damaged; the message names the file offset.
 */
export function readCapture(octets: Uint8Array, source = 'the capture'): CaptureContent {
  const { content, offloaded } = readOnce(octets, source, new Set())
  // A sender whose checksums are mostly wrong was captured before its network card filled them in:
  // read again without checking that sender.
  return offloaded.length === 0 ? content : readOnce(octets, source, new Set(offloaded)).content
}

function readOnce(
  octets: Uint8Array,
  source: string,
  trusted: ReadonlySet<number>,
): { readonly content: CaptureContent; readonly offloaded: readonly number[] } {
  const notes: string[] = []
  const reading = beginReading({ trusted })
  for (const frame of readFrames(octets, source, (text) => notes.push(text))) {
    reading.take(frame)
    if (!isFull(reading.conversations)) continue
    notes.push(
      `only the first ${MOST_STEPS} steps were read, up to frame ${frame.number}: memory holds no more; NODE_OPTIONS=--max-old-space-size=MB raises the limit`,
    )
    break
  }
  for (const pair of reading.conversations.pairs.values()) leaveOthersOut(reading.conversations, pair)
  return {
    content: {
      frames: reading.conversations.frames,
      notes: [...notes, ...reading.notes()],
      conversations: conversationsOf(reading.conversations),
    },
    offloaded: reading.offloaded(),
  }
}

/** A capture that is being read, frame by frame. */
export interface Reading {
  readonly conversations: Conversations
  /** Adds the packet of a frame to its conversation. */
  take(frame: CapturedFrame): void
  /** Describes the packets that were left out. */
  notes(): readonly string[]
  /** Senders whose checksums were filled in after the capture: read again, and trust these. */
  offloaded(): readonly number[]
}

/** How a capture is read. */
export interface ReadingOptions {
  /** Senders whose checksums are not checked. */
  readonly trusted: ReadonlySet<number>
  /** `all` unless given. */
  readonly collecting?: Collecting
  /** The TCP port of control connections; 1723 unless given. */
  readonly port?: number | undefined
  /** Whether packets between two addresses are read; all are unless given. */
  readonly wants?: ((source: string, destination: string) => boolean) | undefined
}

/** Begins to read a capture. */
export function beginReading({ trusted, collecting, port, wants }: ReadingOptions): Reading {
  const conversations = createConversations(collecting)
  const parts: Parts = {
    conversations,
    connections: createConnections(conversations, port),
    damage: createDamage(trusted),
    // A survey needs no copies: they tell nothing new about a conversation.
    copies: collecting?.kind === 'survey' ? undefined : createCopyFilter(),
    reassembly: createIpReassembly(),
    wants,
  }
  return {
    conversations,
    take(frame) {
      takeFrame(parts, frame)
      tellNew(conversations)
    },
    notes: () => notesOf(parts),
    offloaded: () => parts.damage.offloaded(),
  }
}

interface Parts {
  readonly conversations: Conversations
  readonly connections: Connections
  readonly damage: Damage
  readonly copies: CopyFilter | undefined
  readonly reassembly: IpReassembly
  readonly wants: ReadingOptions['wants']
}

/** Adds the packet of a frame to its conversation. */
function takeFrame(reading: Parts, frame: CapturedFrame): void {
  const { conversations, connections } = reading
  conversations.frames++
  conversations.time = frame.time
  if (frame.linkType === LINKTYPE_UPPER_PDU) {
    takePlain(reading, frame)
    return
  }
  const packet = packetIn(reading, frame)
  if (packet === undefined) return
  if (reading.wants?.(packet.source, packet.destination) === false) {
    ignore(conversations, 'of other addresses')
    return
  }
  if (packet.protocol === IP_PROTOCOL_TCP) takeTcp(connections, packet, frame.number)
  else if (packet.protocol === IP_PROTOCOL_GRE) {
    const { source, destination, payload, cut } = packet
    const only = passageOf(frame.interfaceName)
    takeGre(conversations, { source, destination, octets: payload, cut, frame: frame.number, only })
  } else {
    const tunnel = tunnelIn(packet)
    if (tunnel !== undefined) ignore(conversations, `${tunnel}, which is not decoded`)
  }
}

/**
 * Returns the IPv4 packet of a frame, or the fragmented packet that the frame completes. Undefined
 * when there is none, when it is damaged, or when it is a copy of an earlier one.
 */
function packetIn(
  reading: Parts,
  { linkType, octets, interfaceName, cut, time }: CapturedFrame,
): IpPacket | undefined {
  const { conversations, damage, copies, reassembly } = reading
  const payload = linkPayload(linkType, octets)
  if (payload.kind === 'other') {
    ignore(conversations, payload.what)
    return undefined
  }
  // Packets that our own impairment treated are known by their interface.
  const isOwn = passageOf(interfaceName) !== undefined
  if (!isOwn && damage.isDamaged(payload.octets, cut)) return undefined
  if (!isOwn && copies?.isCopy(payload.octets, time)) {
    ignore(conversations, 'copies of packets that were captured before')
    return undefined
  }
  return reassembly.take(payload.octets, cut, time)
}

/** Reads octets that pptpspec wrote as plain data because no dissector can show them as packets. */
function takePlain({ conversations, connections }: Parts, frame: CapturedFrame): void {
  const plain = readPlainFrame(frame.octets)
  if (plain === undefined) {
    ignore(conversations, 'exported PDUs')
    return
  }
  const { source, destination, ports, octets } = plain
  if (ports === undefined) {
    const only = passageOf(frame.interfaceName)
    takeGre(conversations, { source, destination, octets, cut: 0, frame: frame.number, only })
    return
  }
  const from = { address: source, port: ports.source }
  const to = { address: destination, port: ports.destination }
  fillStream(connections, from, to, octets, frame.number)
}

/** Describes the packets of a capture that were left out. */
function notesOf({ conversations, damage, reassembly }: Parts): readonly string[] {
  const { headers, segments } = damage
  const incomplete = reassembly.incomplete()
  return [
    ...(headers > 0
      ? [`${counted(headers, 'packet')} left out: wrong IP header checksum; receivers drop such packets`]
      : []),
    ...(segments > 0
      ? [`${counted(segments, 'segment')} left out: wrong TCP checksum; receivers drop such segments`]
      : []),
    ...[...conversations.ignored].map(([what, count]) => `${counted(count, 'frame')} left out: ${what}`),
    ...(incomplete > 0
      ? [`${counted(incomplete, 'fragmented packet')} left out: fragments are missing`]
      : []),
  ]
}

/** `1 frame`, `2 frames`. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** UDP ports of tunnels. */
const UDP_TUNNELS: Readonly<Record<number, string>> = { 37008: 'TZSP', 4789: 'VXLAN', 1701: 'L2TP' }
/** IP protocols that carry IP. */
const IP_TUNNELS: Readonly<Record<number, string>> = { 4: 'IP in IP', 41: 'IPv6 in IPv4', 50: 'ESP' }
const IP_PROTOCOL_UDP = 17

/**
 * The name of the tunnel that a packet belongs to, in which PPTP may be hidden; undefined for other
 * packets.
 */
function tunnelIn({ protocol, payload }: IpPacket): string | undefined {
  if (protocol !== IP_PROTOCOL_UDP) return IP_TUNNELS[protocol]
  return payload.length < 8 ? undefined : UDP_TUNNELS[readUint16(payload, 2)]
}
