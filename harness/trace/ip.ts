import { IP_PROTOCOL_GRE } from '../protocol/gre.ts'
import { concat } from '../protocol/octets.ts'

/** IPv4 and TCP as a capture shows them: headers with correct lengths and checksums round what sockets gave us. */

const IP_HEADER = 20
const IP_PROTOCOL_TCP = 6

/** Octets of TCP data that fit one IPv4 packet. */
export const LARGEST_SEGMENT = 0xffff - IP_HEADER - 20

export const TcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const

export interface TcpSegment {
  readonly source: { readonly address: string; readonly port: number }
  readonly destination: { readonly address: string; readonly port: number }
  readonly sequence: number
  readonly acknowledgment: number
  readonly flags: number
  readonly identification: number
  readonly data?: Uint8Array
}

/** One IPv4 packet with one TCP segment. */
export function tcpPacket(segment: TcpSegment): Uint8Array {
  const data = segment.data ?? new Uint8Array(0)
  // Largest segment and window scale, so that no analysis finds a message larger than what was offered.
  const options =
    (segment.flags & TcpFlag.syn) === 0
      ? new Uint8Array(0)
      : Uint8Array.of(2, 4, LARGEST_SEGMENT >> 8, LARGEST_SEGMENT & 0xff, 3, 3, 7, 0)
  const header = new Uint8Array(20 + options.length)
  const view = new DataView(header.buffer)
  view.setUint16(0, segment.source.port)
  view.setUint16(2, segment.destination.port)
  view.setUint32(4, segment.sequence)
  view.setUint32(8, segment.acknowledgment)
  view.setUint8(12, (header.length / 4) << 4)
  view.setUint8(13, segment.flags)
  view.setUint16(14, 0xffff)
  header.set(options, 20)
  const payload = concat(header, data)
  const pseudo = concat(
    addressOctets(segment.source.address),
    addressOctets(segment.destination.address),
    Uint8Array.of(0, IP_PROTOCOL_TCP, payload.length >> 8, payload.length & 0xff),
  )
  new DataView(payload.buffer).setUint16(16, checksum(concat(pseudo, payload)))
  return ipPacket(
    segment.source.address,
    segment.destination.address,
    IP_PROTOCOL_TCP,
    segment.identification,
    payload,
  )
}

/** One IPv4 packet with one GRE packet; GRE longer than IPv4 allows is cut. */
export function greIpPacket(
  source: string,
  destination: string,
  identification: number,
  gre: Uint8Array,
): Uint8Array {
  return ipPacket(source, destination, IP_PROTOCOL_GRE, identification, gre.subarray(0, 0xffff - IP_HEADER))
}

function ipPacket(
  source: string,
  destination: string,
  protocol: number,
  identification: number,
  payload: Uint8Array,
): Uint8Array {
  const header = new Uint8Array(IP_HEADER)
  const view = new DataView(header.buffer)
  view.setUint8(0, 0x45)
  view.setUint16(2, IP_HEADER + payload.length)
  view.setUint16(4, identification)
  view.setUint8(8, 64)
  view.setUint8(9, protocol)
  header.set(addressOctets(source), 12)
  header.set(addressOctets(destination), 16)
  view.setUint16(10, checksum(header))
  return concat(header, payload)
}

/** Dotted IPv4 as four octets; what is not one counts as 0.0.0.0. */
export function addressOctets(address: string): Uint8Array {
  const parts = address.split('.').map(Number)
  const valid = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256)
  return Uint8Array.from(valid ? parts : [0, 0, 0, 0])
}

/** The Internet checksum (RFC 1071). */
function checksum(octets: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < octets.length; at += 2) sum += ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
