import { readUint16 } from '../protocol/octets.ts'

/** Finds frames that a capture holds more than once. */
export interface CopyFilter {
  /** Whether this IPv4 packet was captured before. */
  isCopy(octets: Uint8Array, time: number): boolean
}

/** ms in which a copy comes: radio and mirror ports repeat at once, a route back within moments. */
const SOON = 500
/** The same where a sender gives all of its packets the number 0: it may have sent two alike. */
const AT_ONCE = 1
/** Packets that are remembered. */
const MOST = 4_096
const TTL_AT = 8
const CHECKSUM_AT = 10

/**
 * A mirror port, a bridge whose ports are all captured, a router on a stick, a repeated radio
 * frame: the same packet is there again, perhaps with a smaller TTL. Whoever sends once more gives
 * the packet another identification (RFC 791 section 3.2).
 */
export function createCopyFilter(): CopyFilter {
  const latest = new Map<number, { readonly octets: Uint8Array; readonly time: number }>()
  return {
    isCopy(octets, time) {
      if (octets.length < 20) return false
      const identification = readUint16(octets, 4)
      const key = identification * 0x1_0000 + readUint16(octets, 2)
      const known = latest.get(key)
      const limit = identification === 0 ? AT_ONCE : SOON
      if (known !== undefined && Math.abs(time - known.time) <= limit && isSame(known.octets, octets))
        return true
      if (latest.size >= MOST) for (const oldest of latest.keys()) if (latest.delete(oldest)) break
      latest.delete(key)
      latest.set(key, { octets, time })
      return false
    },
  }
}

/** The same but for what a router changes. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++)
    if (one[at] !== other[at] && at !== TTL_AT && at !== CHECKSUM_AT && at !== CHECKSUM_AT + 1) return false
  return true
}
