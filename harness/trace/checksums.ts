import { internetChecksum } from '../protocol/ip.ts'
import { concat, readUint16, readUint32 } from '../protocol/octets.ts'

/** Finds packets that a receiver would have dropped because their checksum is wrong. */
export interface Damage {
  /**
   * Whether a checksum of an IPv4 packet is wrong. @param cut the number of octets at its end that
   * the capture does not hold.
   */
  isDamaged(octets: Uint8Array, cut: number): boolean
  /**
   * Senders, other than the trusted ones, most of whose packets have a wrong checksum: they were
   * captured before the network card filled it in, so it does not show damage.
   */
  offloaded(): readonly number[]
  readonly headers: number
  readonly segments: number
}

interface Sender {
  packets: number
  wrong: number
}

const TCP = 6
/** A sender is judged from this number of packets on. */
const FEW = 3

/**
 * Creates a check of checksums.
 * @param trusted senders whose checksums are not checked.
 */
export function createDamage(trusted: ReadonlySet<number>): Damage {
  const senders = new Map<number, Sender>()
  let headers = 0
  let segments = 0
  const count = (kind: 0 | 1, octets: Uint8Array, wrong: boolean): boolean => {
    // A number instead of a string, because this runs for every packet.
    const name = 2 * readUint32(octets, 12) + kind
    const sender = senders.get(name) ?? { packets: 0, wrong: 0 }
    senders.set(name, sender)
    sender.packets++
    if (wrong) sender.wrong++
    return wrong && !trusted.has(name)
  }
  return {
    get headers() {
      return headers
    },
    get segments() {
      return segments
    },
    isDamaged(octets, cut) {
      const length = ((octets[0] ?? 0) & 0x0f) * 4
      if (octets.length < 20 || length < 20 || octets.length < length) return false
      // 0: the network card fills in the checksum later.
      const wrongHeader =
        readUint16(octets, CHECKSUM_AT) !== 0 && internetChecksum(octets.subarray(0, length)) !== 0
      if (count(0, octets, wrongHeader)) {
        headers++
        return true
      }
      if (octets[9] !== TCP || cut > 0 || (readUint16(octets, 6) & 0x3fff) !== 0) return false
      if (count(1, octets, isWrongSegment(octets, length))) {
        segments++
        return true
      }
      return false
    },
    offloaded: () =>
      [...senders].flatMap(([name, { packets, wrong }]) =>
        packets >= FEW && 2 * wrong > packets && !trusted.has(name) ? [name] : [],
      ),
  }
}

const CHECKSUM_AT = 10
const TCP_CHECKSUM_AT = 16

function isWrongSegment(octets: Uint8Array, header: number): boolean {
  const total = readUint16(octets, 2)
  if (total < header + 20 || octets.length < total) return false
  const segment = octets.subarray(header, total)
  if (readUint16(segment, TCP_CHECKSUM_AT) === 0) return false
  const pseudo = Uint8Array.of(0, TCP, segment.length >> 8, segment.length & 0xff)
  return internetChecksum(concat(octets.subarray(12, 20), pseudo, segment)) !== 0
}
