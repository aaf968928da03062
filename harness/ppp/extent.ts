import { decodeFrame, PppProtocolNumber } from './frame.ts'

/**
 * Protocols whose packets have their length in the third and fourth octet: control protocols and
 * IPv4.
 */
const WITH_LENGTH: ReadonlySet<number> = new Set([
  PppProtocolNumber.lcp,
  PppProtocolNumber.pap,
  PppProtocolNumber.chap,
  PppProtocolNumber.ipcp,
  PppProtocolNumber.ccp,
  PppProtocolNumber.ipv4,
])
/** The shortest header of a control packet. */
const SHORTEST = 4

/** Where a PPP packet ends, by the length that it states. */
export interface Extent {
  readonly protocol: number
  /** Octets from the beginning of the frame to the end of the packet. */
  readonly end: number
}

/**
 * Finds the end of the first PPP packet in some octets. Undefined where the packet states no length
 * (encrypted data does not), where the length exceeds the octets, or where there is no PPP packet.
 */
export function extentOf(octets: Uint8Array): Extent | undefined {
  const frame = decodeFrame(octets)
  if (frame === undefined || !WITH_LENGTH.has(frame.protocol)) return undefined
  const { information } = frame
  const length = ((information[2] ?? 0) << 8) | (information[3] ?? 0)
  if (length < SHORTEST || length > information.length) return undefined
  return { protocol: frame.protocol, end: octets.length - information.length + length }
}
