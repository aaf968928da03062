import { addressOctets, type IpPayload, internetChecksum, ipPacket } from '../protocol/ip.ts'
import { createIpReassembly } from '../protocol/ip-reassembly.ts'
import { concat, readUint16, writeUint16 } from '../protocol/octets.ts'

/**
 * The packets that a link carries once it is up: IPv4 (RFC 791) with ICMP (RFC 792) or UDP (RFC
 * 768).
 */

export const IP_PROTOCOL_ICMP = 1
export const IP_PROTOCOL_UDP = 17

export const IcmpType = { echoReply: 0, destinationUnreachable: 3, echoRequest: 8 } as const

/** A whole IPv4 packet. */
export interface Datagram {
  /** Dotted IPv4. */
  readonly source: string
  readonly destination: string
  /** IP protocol number. */
  readonly protocol: number
  readonly payload: Uint8Array
}

/**
 * An ICMP message. `rest` holds everything after the checksum: of an echo the Identifier, Sequence
 * Number and data.
 */
export interface IcmpMessage {
  readonly type: number
  readonly code: number
  readonly rest: Uint8Array
}

export interface IcmpEcho {
  readonly type: typeof IcmpType.echoRequest | typeof IcmpType.echoReply
  readonly identifier: number
  readonly sequence: number
  readonly data: Uint8Array
}

export interface UdpDatagram {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly data: Uint8Array
}

/** Writes an IPv4 packet; the payload is cut so that the packet has at most 65,535 octets. */
export function encodeDatagram(
  { source, destination, protocol, payload }: Datagram,
  identification: number,
): Uint8Array {
  const packet: IpPayload = {
    source,
    destination,
    protocol,
    identification: identification & 0xffff,
    octets: payload.subarray(0, 0xffff - 20),
  }
  return ipPacket(packet)
}

/**
 * Reads one IPv4 packet. Undefined where the octets are not IPv4, end early, are a fragment, or
 * have a wrong header checksum. Never throws.
 */
export function decodeDatagram(octets: Uint8Array): Datagram | undefined {
  const header = ((octets[0] ?? 0) & 0x0f) * 4
  if (octets.length < 20 || header < 20 || octets.length < header) return undefined
  if (internetChecksum(octets.subarray(0, header)) !== 0) return undefined
  const packet = createIpReassembly().take(octets, 0, 0)
  if (packet === undefined || packet.cut > 0) return undefined
  const { source, destination, protocol, payload } = packet
  return { source, destination, protocol, payload: payload.slice() }
}

export function encodeIcmpEcho({ type, identifier, sequence, data }: IcmpEcho): Uint8Array {
  const octets = concat(new Uint8Array(8), data)
  octets[0] = type
  writeUint16(octets, 4, identifier)
  writeUint16(octets, 6, sequence)
  writeUint16(octets, 2, internetChecksum(octets))
  return octets
}

/** Reads the ICMP message in a packet; undefined where there is none or its checksum is wrong. */
export function icmpOf({ protocol, payload }: Datagram): IcmpMessage | undefined {
  if (protocol !== IP_PROTOCOL_ICMP || payload.length < 8 || internetChecksum(payload) !== 0) return undefined
  return { type: payload[0] ?? 0, code: payload[1] ?? 0, rest: payload.slice(4) }
}

/** Reads the ICMP echo request or reply in a packet; undefined where there is none. */
export function icmpEchoOf(datagram: Datagram): IcmpEcho | undefined {
  const message = icmpOf(datagram)
  if (message === undefined || message.code !== 0) return undefined
  const { type, rest } = message
  if (type !== IcmpType.echoRequest && type !== IcmpType.echoReply) return undefined
  return { type, identifier: readUint16(rest, 0), sequence: readUint16(rest, 2), data: rest.slice(4) }
}

/** Writes a UDP datagram; its checksum covers the addresses of the IPv4 packet around it. */
export function encodeUdp(
  { source, destination }: Pick<Datagram, 'source' | 'destination'>,
  { sourcePort, destinationPort, data }: UdpDatagram,
): Uint8Array {
  const octets = concat(new Uint8Array(8), data)
  writeUint16(octets, 0, sourcePort)
  writeUint16(octets, 2, destinationPort)
  writeUint16(octets, 4, octets.length)
  // 0 means that there is no checksum, so a checksum of 0 is sent as 0xFFFF (RFC 768).
  writeUint16(
    octets,
    6,
    internetChecksum(concat(pseudoHeader(source, destination, octets.length), octets)) || 0xffff,
  )
  return octets
}

/**
 * Reads the UDP datagram in a packet; undefined where there is none, it ends early, or its checksum
 * is wrong.
 */
export function udpOf({ source, destination, protocol, payload }: Datagram): UdpDatagram | undefined {
  if (protocol !== IP_PROTOCOL_UDP || payload.length < 8) return undefined
  const size = readUint16(payload, 4)
  if (size < 8 || size > payload.length) return undefined
  const octets = payload.subarray(0, size)
  const checked = readUint16(payload, 6) !== 0
  if (checked && internetChecksum(concat(pseudoHeader(source, destination, size), octets)) !== 0)
    return undefined
  return {
    sourcePort: readUint16(payload, 0),
    destinationPort: readUint16(payload, 2),
    data: octets.slice(8),
  }
}

function pseudoHeader(source: string, destination: string, size: number): Uint8Array {
  return concat(
    addressOctets(source),
    addressOctets(destination),
    Uint8Array.of(0, IP_PROTOCOL_UDP, (size >> 8) & 0xff, size & 0xff),
  )
}
