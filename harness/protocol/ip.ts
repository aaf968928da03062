import { concat, writeUint16 } from './octets.ts'

/** IPv4 (RFC 791) as far as the tunnel needs it: a header without options, and fragments. */

/** Octets of an IPv4 header without options. */
export const IP_HEADER_SIZE = 20

const MORE_FRAGMENTS = 0x2000
/** Fragments begin at multiples of 8 octets. */
const UNIT = 8
const TIME_TO_LIVE = 64

/** How a packet is cut into IP fragments. */
export interface Fragmentation {
  /** Octets of IP payload in each fragment, a multiple of 8; the last fragment has the rest. */
  readonly size: number
  /** The order in which the fragments are sent: first to last, or last to first. */
  readonly order: 'in-order' | 'reversed'
}

/** A payload and the header fields of the IPv4 packet that carries it. */
export interface IpPayload {
  /** Dotted IPv4. */
  readonly source: string
  readonly destination: string
  /** IP protocol number. */
  readonly protocol: number
  /** Identification, the same in all fragments of a packet. Not 0: Linux would replace it. */
  readonly identification: number
  readonly octets: Uint8Array
}

/** Makes one IPv4 packet: a header of 20 octets with a right checksum, and the payload. */
export function ipPacket(payload: IpPayload): Uint8Array {
  return packetWith(payload, payload.octets, 0)
}

/**
 * Makes the IPv4 packets that carry a payload in fragments, in the order in which they are sent. A
 * payload that fits into one fragment becomes one whole packet.
 * @throws RangeError when the size is not a positive multiple of 8.
 */
export function ipFragments(payload: IpPayload, { size, order }: Fragmentation): readonly Uint8Array[] {
  requireFragmentSize(size)
  const { octets } = payload
  const packets: Uint8Array[] = []
  for (let at = 0; at === 0 || at < octets.length; at += size) {
    const more = at + size < octets.length ? MORE_FRAGMENTS : 0
    packets.push(packetWith(payload, octets.subarray(at, at + size), more | (at / UNIT)))
  }
  return order === 'reversed' ? packets.reverse() : packets
}

/** @throws RangeError when a fragment size is not a positive multiple of 8. */
export function requireFragmentSize(size: number): void {
  if (!(size > 0 && size % UNIT === 0)) throw new RangeError(`Not a size of IP fragments: ${size}`)
}

function packetWith(
  { source, destination, protocol, identification }: IpPayload,
  octets: Uint8Array,
  fragment: number,
): Uint8Array {
  const header = new Uint8Array(IP_HEADER_SIZE)
  header[0] = 0x45
  writeUint16(header, 2, IP_HEADER_SIZE + octets.length)
  writeUint16(header, 4, identification)
  writeUint16(header, 6, fragment)
  header[8] = TIME_TO_LIVE
  header[9] = protocol
  header.set(addressOctets(source), 12)
  header.set(addressOctets(destination), 16)
  writeUint16(header, 10, internetChecksum(header))
  return concat(header, octets)
}

/** Converts dotted IPv4 to four octets; text that is not an address becomes 0.0.0.0. */
export function addressOctets(address: string): Uint8Array {
  const parts = address.split('.').map(Number)
  const valid = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256)
  return Uint8Array.from(valid ? parts : [0, 0, 0, 0])
}

/** Converts dotted IPv4 to a number from 0 to 2^32 - 1; text that is not an address becomes 0. */
export function addressNumber(address: string): number {
  return addressOctets(address).reduce((number, octet) => number * 256 + octet, 0)
}

/** Converts a number from 0 to 2^32 - 1 to dotted IPv4. */
export function dottedAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** The Internet checksum (RFC 1071). */
export function internetChecksum(octets: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < octets.length; at += 2) sum += ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
