import type { Endpoint } from '../network/network.ts'
import { type CaptureLayer, interfaceOf } from './capture-interfaces.ts'
import { LINKTYPE_UPPER_PDU, type PlainOctets, plainFrame } from './exported-pdu.ts'
import { bounded } from './frame-comments.ts'
import { TcpFlag, tcpPacket } from './ip.ts'
import { oppositeSide } from './messages.ts'
import { type CaptureFrame, type CaptureInterface, encodePcapng } from './pcapng-blocks.ts'
import type { Passage, Side, Trace, TraceEntry } from './trace.ts'

const LINKTYPE_RAW = 101
const LINK_TYPES: Readonly<Record<CaptureLayer, number>> = { wire: LINKTYPE_RAW, octets: LINKTYPE_UPPER_PDU }
/** Indexes of the first two interfaces; others are added when they are needed. */
const WIRE = 0
const OCTETS = 1

/** A connection whose packets are constructed. */
export interface Connection {
  readonly ends: Readonly<Record<Side, Endpoint>>
  /** The next sequence number of each side. */
  readonly next: Record<Side, number>
}

/** A capture that is being written. */
export interface FrameWriter {
  readonly trace: Trace
  readonly frames: CaptureFrame[]
  /** By trace entry index: the first frame, counted from 1, that shows the entry. */
  readonly frameOf: Map<number, number>
  /** Open connections, by number. */
  readonly connections: Map<number, Connection>
  readonly interfaces: CaptureInterface[]
  readonly counts: { messages: number; gre: number; plain: number }
  /** The Identification of the latest IP packet. */
  identification: number
  /** The time of the latest frame, in microseconds since 1970. */
  time: number
  /** Comments for the next frame, and the indexes of the entries that they show. */
  remarks: string[]
  remarked: number[]
}

/** Creates a capture without frames, with the two interfaces that every capture has. */
export function createFrameWriter(trace: Trace): FrameWriter {
  const writer: FrameWriter = {
    trace,
    frames: [],
    frameOf: new Map(),
    connections: new Map(),
    interfaces: [],
    counts: { messages: 0, gre: 0, plain: 0 },
    identification: 0,
    time: 0,
    remarks: [],
    remarked: [],
  }
  placeOf(writer, 'wire')
  placeOf(writer, 'octets')
  return writer
}

/** Returns the index of an interface in the list; adds the interface if needed. */
export function placeOf({ interfaces }: FrameWriter, layer: CaptureLayer, only?: Passage): number {
  const description = { linkType: LINK_TYPES[layer], ...interfaceOf(layer, only) }
  const known = interfaces.findIndex(({ name }) => name === description.name)
  return known === -1 ? interfaces.push(description) - 1 : known
}

/** Adds a frame at the time of an entry. */
export function pushFrame(
  writer: FrameWriter,
  entry: TraceEntry,
  octets: Uint8Array,
  more: Partial<CaptureFrame> = {},
): void {
  // An incomplete message is shown late, but time in a capture never decreases.
  writer.time = Math.max(writer.time, (writer.trace.startedAt + entry.at) * 1000)
  const comments = bounded([...writer.remarks, ...(more.comments ?? [])])
  writer.frames.push({ time: writer.time, interface: WIRE, octets, ...more, comments })
  for (const index of writer.remarked) showAt(writer, index)
  writer.remarks = []
  writer.remarked = []
}

/** Adds a frame of plain data. */
export function pushPlain(
  writer: FrameWriter,
  entry: TraceEntry,
  plain: PlainOctets,
  comments: readonly string[],
  place = OCTETS,
): void {
  pushFrame(writer, entry, plainFrame(plain), { interface: place, comments })
  writer.counts.plain++
}

/** Records that the newest frame shows an entry, unless an earlier frame does. */
export function showAt({ frameOf, frames }: FrameWriter, index: number): void {
  if (!frameOf.has(index)) frameOf.set(index, frames.length)
}

/** Adds a comment about an entry to the next frame. */
export function remark(writer: FrameWriter, entry: TraceEntry, text: string): void {
  writer.remarks.push(text)
  writer.remarked.push(entry.index)
}

/** Adds the remaining comments to the last frame. */
export function appendRemarks(writer: FrameWriter): void {
  const { frames, remarks } = writer
  const last = frames.at(-1)
  if (remarks.length === 0 || last === undefined) return
  frames[frames.length - 1] = {
    ...last,
    comments: bounded([...last.comments, ...remarks.map((text) => `afterwards: ${text}`)]),
  }
  for (const index of writer.remarked) showAt(writer, index)
}

/** Returns the Identification of the next IP packet. */
export function nextIdentification(writer: FrameWriter): number {
  writer.identification = (writer.identification + 1) % 0x10000
  return writer.identification
}

/** Makes the next packet of one side of a connection. */
export function nextSegment(
  writer: FrameWriter,
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
    identification: nextIdentification(writer),
    data,
  })
  const numbered = data.length + ((flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1)
  connection.next[from] = (connection.next[from] + numbered) % 2 ** 32
  return packet
}

/** Returns the capture file. */
export function encodeCapture({ interfaces, frames }: FrameWriter): Uint8Array {
  return encodePcapng(
    {
      application: 'pptpspec',
      comment:
        'Written from what sockets reported, not captured from a wire: octets and times are real; TCP segments are constructed, one for each control message.',
    },
    interfaces,
    frames,
  )
}
