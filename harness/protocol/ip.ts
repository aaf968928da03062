import { concat, writeUint16 } from './octets.ts'

/**
 * IPv4 (RFC 791) as far as the tunnel needs it: one header, and what fragmentation makes of a
 * packet.
 */

/** Octets of an IPv4 header without options. */
export const IP_HEADER_SIZE = 20

const MORE_FRAGMENTS = 0x2000
/** Fragments begin at multiples of so many octets. */
const UNIT = 8
const TIME_TO_LIVE = 64

/** How a packet is cut into IP fragments. */
export interface Fragmentation {
  /**
   * Octets of what IP carries in each fragment but the last, which has the rest: a multiple of 8.
   */
  readonly size: number
  /** In which order they are sent: from the first octet on, or beginning with the last. */
  readonly order: 'in-order' | 'reversed'
}

/** A packet that IP is to carry. */
export interface IpPayload {
  /** Dotted IPv4. */
  readonly source: string
  readonly destination: string
  /** IP protocol number. */
  readonly protocol: number
  /** What fragments of one packet have in common; not 0, for that lets Linux choose. */
  readonly identification: number
  readonly octets: Uint8Array
}

/** One IPv4 packet, its header 20 octets long and with a right checksum. */
export function ipPacket(payload: IpPayload): Uint8Array {
  return packetWith(payload, payload.octets, 0)
}

/**
 * The IPv4 packets that carry a payload in fragments, in the order in which they are sent; one that
 * is no longer than a fragment stays whole.
 * @throws RangeError when the size is no positive multiple of 8.
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

/** @throws RangeError when a size of fragments is no positive multiple of 8. */
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

/** Dotted IPv4 as four octets; what is not one counts as 0.0.0.0. */
export function addressOctets(address: string): Uint8Array {
  const parts = address.split('.').map(Number)
  const valid = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256)
  return Uint8Array.from(valid ? parts : [0, 0, 0, 0])
}

/** Dotted IPv4 as a number from 0 to 2^32 - 1; what is not one counts as 0. */
export function addressNumber(address: string): number {
  return addressOctets(address).reduce((number, octet) => number * 256 + octet, 0)
}

/** The other way round. */
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
