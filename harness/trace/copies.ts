import { readUint16 } from '../protocol/octets.ts'

/** Finds frames that a capture holds more than once. */
export interface CopyFilter {
  /** Whether this IPv4 packet was captured before. */
  isCopy(octets: Uint8Array, time: number): boolean
}

/**
 * Copies arrive within this many ms: radio and mirror ports repeat at once, a route back takes
 * longer.
 */
const SOON = 500
/**
 * The limit in ms for packets with identification 0: their sender does not number packets, so two
 * alike may both be real.
 */
const AT_ONCE = 1
/** At least this number of packets is remembered, and at most twice as many. */
const MOST = 4_096
const TTL_AT = 8
const CHECKSUM_AT = 10

interface Seen {
  readonly octets: Uint8Array
  readonly time: number
}

/**
 * Creates a filter for packets that were captured more than once: by a mirror port, on several
 * ports of a bridge, before and after a router, or by a repeated radio frame. A copy may have a
 * smaller TTL. A sender that transmits again gives the packet another identification (RFC 791
 * section 3.2).
 */
export function createCopyFilter(): CopyFilter {
  // Two generations: to remove the oldest of one map takes longer the more are removed.
  let latest = new Map<number, Seen>()
  let earlier = new Map<number, Seen>()
  return {
    isCopy(octets, time) {
      if (octets.length < 20) return false
      const identification = readUint16(octets, 4)
      const key = identification * 0x1_0000 + readUint16(octets, 2)
      const known = latest.get(key) ?? earlier.get(key)
      const limit = identification === 0 ? AT_ONCE : SOON
      if (known !== undefined && Math.abs(time - known.time) <= limit && isSame(known.octets, octets))
        return true
      if (latest.size >= MOST) {
        earlier = latest
        latest = new Map()
      }
      latest.set(key, { octets, time })
      return false
    },
  }
}

/** Whether two packets are equal, except for the fields that a router changes. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++)
    if (one[at] !== other[at] && at !== TTL_AT && at !== CHECKSUM_AT && at !== CHECKSUM_AT + 1) return false
  return true
}
