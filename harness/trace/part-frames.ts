import { isOneMessage, undissectable } from './dissection.ts'
import { deliveryOf, fragmentsInWords, passageInWords } from './frame-comments.ts'
import {
  type Connection,
  type FrameWriter,
  nextIdentification,
  nextSegment,
  placeOf,
  pushFrame,
  pushPlain,
  showAt,
} from './frame-writer.ts'
import { describeImpairment } from './impaired-path.ts'
import { greIpFragments, greIpPacket, LARGEST_SEGMENT, TcpFlag } from './ip.ts'
import { type LooseOctets, oppositeSide, type TraceMessage } from './messages.ts'
import type { TraceEntry } from './trace.ts'

/** Writes the frames of messages, packets and loose octets of a trace. */

const IP_HEADER = 20
const TCP_HEADER = 20

/** A decision of an impairment. */
export type Decision = TraceEntry & { readonly kind: 'impairment' }

type StreamPart = Exclude<TraceMessage, { kind: 'gre' }> | LooseOctets

/** Adds the frames of octets of a control connection. */
export function pushStretch(writer: FrameWriter, part: StreamPart): void {
  const connection = writer.connections.get(part.connection)
  if (connection === undefined) return
  const { entry, from, octets } = part
  const comments = deliveryOf(part, writer.trace, (index) => writer.frameOf.get(index))
  if (isOneMessage(octets)) {
    pushFrame(writer, entry, nextSegment(writer, connection, from, TcpFlag.psh | TcpFlag.ack, octets), {
      comments,
    })
    writer.counts.messages++
  } else pushSliced(writer, connection, part, comments)
  for (const index of part.carriedBy) showAt(writer, index)
}

/**
 * Adds octets that are not one whole message: as TCP segments cut after their header, and as plain
 * data.
 */
function pushSliced(
  writer: FrameWriter,
  connection: Connection,
  { entry, from, octets }: StreamPart,
  comments: readonly string[],
): void {
  for (let at = 0; at < octets.length; at += LARGEST_SEGMENT) {
    const data = octets.subarray(at, at + LARGEST_SEGMENT)
    const packet = nextSegment(writer, connection, from, TcpFlag.psh | TcpFlag.ack, data)
    pushFrame(writer, entry, packet.subarray(0, IP_HEADER + TCP_HEADER), {
      originalLength: packet.length,
      comments: ['its data is in the next frame of interface 1, as plain data'],
    })
  }
  const source = connection.ends[from]
  const destination = connection.ends[oppositeSide(from)]
  const info = comments[0] ?? `${octets.length} octets that are not a whole PPTP message`
  const ports = { source: source.port, destination: destination.port }
  const ends = { source: source.address, destination: destination.address, ports }
  pushPlain(writer, entry, { ...ends, protocol: 'TCP data', info, octets }, comments)
}

/**
 * Adds the frames of a GRE packet.
 * @param decisions our impairment's decisions about the packet.
 */
export function pushGre(
  writer: FrameWriter,
  { entry, from, octets, packet }: TraceMessage & { readonly kind: 'gre' },
  decisions: readonly Decision[],
): void {
  if (entry.kind !== 'gre') return
  const [source, destination] = from === 'tester' ? [entry.tester, entry.iut] : [entry.iut, entry.tester]
  const problem = undissectable(packet, octets)
  const comments = [
    ...passageInWords(entry.only, decisions.length > 0),
    ...decisions.map(describeImpairment),
    ...fragmentsInWords(entry.fragments),
  ]
  if (problem === undefined) {
    const place = placeOf(writer, 'wire', entry.only)
    const number = nextIdentification(writer)
    const packets =
      entry.fragments === undefined
        ? [greIpPacket(source, destination, number, octets)]
        : greIpFragments(source, destination, number, octets, entry.fragments)
    for (const one of packets) pushFrame(writer, entry, one, { interface: place, comments })
    writer.counts.gre++
  } else {
    const plain = { source, destination, protocol: 'GRE data', info: problem, octets }
    pushPlain(writer, entry, plain, [problem, ...comments], placeOf(writer, 'octets', entry.only))
  }
  showAt(writer, entry.index)
  for (const { index } of decisions) showAt(writer, index)
}
