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
  type Conversations,
  conversationsOf,
  createConversations,
  ignore,
  isFull,
  MOST_STEPS,
} from './conversations.ts'
import { type CopyFilter, createCopyFilter } from './copies.ts'
import { LINKTYPE_UPPER_PDU, readPlainFrame } from './exported-pdu.ts'
import { linkPayload } from './link-layer.ts'

export type { CapturedConversation } from './conversations.ts'

export interface CaptureContent {
  /** In the order in which they began. */
  readonly conversations: readonly CapturedConversation[]
  /** Frames read. */
  readonly frames: number
  /** What was left out of account, and why: for people. */
  readonly notes: readonly string[]
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
  const reading = beginReading(trusted)
  for (const frame of readFrames(octets, source, (text) => notes.push(text))) {
    takeFrame(reading, frame)
    if (!isFull(reading.conversations)) continue
    notes.push(
      `only the first ${MOST_STEPS} steps were read, up to frame ${frame.number}: as many as fit into memory; NODE_OPTIONS=--max-old-space-size=MB gives more`,
    )
    break
  }
  for (const pair of reading.conversations.pairs.values()) leaveOthersOut(reading.conversations, pair)
  return {
    content: {
      frames: reading.frames,
      notes: [...notes, ...notesOf(reading)],
      conversations: conversationsOf(reading.conversations),
    },
    offloaded: reading.damage.offloaded(),
  }
}

/** A capture that is being read, frame by frame. */
interface Reading {
  readonly conversations: Conversations
  readonly connections: Connections
  readonly damage: Damage
  readonly copies: CopyFilter
  readonly reassembly: IpReassembly
  frames: number
}

/** @param trusted senders whose checksums tell nothing. */
function beginReading(trusted: ReadonlySet<number>): Reading {
  const conversations = createConversations()
  return {
    conversations,
    connections: createConnections(conversations),
    damage: createDamage(trusted),
    copies: createCopyFilter(),
    reassembly: createIpReassembly(),
    frames: 0,
  }
}

/** Adds what a frame holds to its conversation. */
function takeFrame(reading: Reading, frame: CapturedFrame): void {
  const { conversations, connections } = reading
  reading.frames++
  conversations.time = frame.time
  if (frame.linkType === LINKTYPE_UPPER_PDU) {
    takePlain(reading, frame)
    return
  }
  const packet = packetIn(reading, frame)
  if (packet === undefined) return
  if (packet.protocol === IP_PROTOCOL_TCP) takeTcp(connections, packet, frame.number)
  else if (packet.protocol === IP_PROTOCOL_GRE) {
    const { source, destination, payload, cut } = packet
    const only = passageOf(frame.interfaceName)
    takeGre(conversations, { source, destination, octets: payload, cut, frame: frame.number, only })
  } else {
    const tunnel = tunnelIn(packet)
    if (tunnel !== undefined) ignore(conversations, `${tunnel}, which is not looked into`)
  }
}

/**
 * The IPv4 packet of a frame, or the one that it completes. Undefined where there is none, it is
 * damaged, or it was captured before.
 */
function packetIn(
  reading: Reading,
  { linkType, octets, interfaceName, cut, time }: CapturedFrame,
): IpPacket | undefined {
  const { conversations, damage, copies, reassembly } = reading
  const payload = linkPayload(linkType, octets)
  if (payload.kind === 'other') {
    ignore(conversations, payload.what)
    return undefined
  }
  // What our own impairment did to a packet is told by the interface.
  const isOwn = passageOf(interfaceName) !== undefined
  if (!isOwn && damage.isDamaged(payload.octets, cut)) return undefined
  if (!isOwn && copies.isCopy(payload.octets, time)) {
    ignore(conversations, 'copies of packets that were captured before')
    return undefined
  }
  return reassembly.take(payload.octets, cut, time)
}

/**
 * Octets that pptpspec itself put beside the wire, because no dissector could have shown them on
 * it.
 */
function takePlain({ conversations, connections }: Reading, frame: CapturedFrame): void {
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

/** What was left out of account of a whole capture. */
function notesOf({ conversations, damage, reassembly }: Reading): readonly string[] {
  const { headers, segments } = damage
  const incomplete = reassembly.incomplete()
  return [
    ...(headers > 0
      ? [`${headers} packets with a wrong IP header checksum left out: no receiver takes them`]
      : []),
    ...(segments > 0
      ? [`${segments} segments with a wrong TCP checksum left out: no receiver takes them`]
      : []),
    ...[...conversations.ignored].map(([what, count]) => `${count} frames left out: ${what}`),
    ...(incomplete > 0 ? [`${incomplete} fragmented packets left out: not all of them is there`] : []),
  ]
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
