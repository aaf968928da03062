import { decodeFrame, PppProtocolNumber } from './frame.ts'

/**
 * Protocols whose packets say in their third and fourth octet how long they are: control protocols,
 * and IPv4.
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

/** Where a PPP packet ends by its own account. */
export interface Extent {
  readonly protocol: number
  /** Octets from the first one of the frame on. */
  readonly end: number
}

/**
 * How far the first PPP packet in some octets reaches; undefined where it does not say so
 * (encrypted data does not), or is no PPP packet, or says more than there is.
 */
export function extentOf(octets: Uint8Array): Extent | undefined {
  const frame = decodeFrame(octets)
  if (frame === undefined || !WITH_LENGTH.has(frame.protocol)) return undefined
  const { information } = frame
  const length = ((information[2] ?? 0) << 8) | (information[3] ?? 0)
  if (length < SHORTEST || length > information.length) return undefined
  return { protocol: frame.protocol, end: octets.length - information.length + length }
}
