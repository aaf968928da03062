import { IP_PROTOCOL_GRE } from '../protocol/gre.ts'
import {
  addressOctets,
  type Fragmentation,
  IP_HEADER_SIZE,
  type IpPayload,
  internetChecksum,
  ipFragments,
  ipPacket,
} from '../protocol/ip.ts'
import { concat } from '../protocol/octets.ts'

/**
 * Makes IPv4 and TCP packets for a capture: headers with correct lengths and checksums around
 * octets that sockets reported.
 */

const IP_PROTOCOL_TCP = 6

/** The most octets of TCP data in one IPv4 packet. */
export const LARGEST_SEGMENT = 0xffff - IP_HEADER_SIZE - 20

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

/** Makes an IPv4 packet with one TCP segment. */
export function tcpPacket(segment: TcpSegment): Uint8Array {
  const data = segment.data ?? new Uint8Array(0)
  // Maximum Segment Size and window scale, so that no analysis finds a message larger than offered.
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
  new DataView(payload.buffer).setUint16(16, internetChecksum(concat(pseudo, payload)))
  return ipPacket({
    source: segment.source.address,
    destination: segment.destination.address,
    protocol: IP_PROTOCOL_TCP,
    identification: segment.identification,
    octets: payload,
  })
}

/** Makes an IPv4 packet with one GRE packet; GRE longer than IPv4 allows is cut. */
export function greIpPacket(
  source: string,
  destination: string,
  identification: number,
  gre: Uint8Array,
): Uint8Array {
  return ipPacket(carrying(source, destination, identification, gre))
}

/** Makes the IP fragments of a GRE packet, in the order in which they were sent. */
export function greIpFragments(
  source: string,
  destination: string,
  identification: number,
  gre: Uint8Array,
  fragments: Fragmentation,
): readonly Uint8Array[] {
  return ipFragments(carrying(source, destination, identification, gre), fragments)
}

function carrying(source: string, destination: string, identification: number, gre: Uint8Array): IpPayload {
  const octets = gre.subarray(0, 0xffff - IP_HEADER_SIZE)
  return { source, destination, protocol: IP_PROTOCOL_GRE, identification, octets }
}
