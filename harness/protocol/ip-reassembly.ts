import { readUint16 } from './octets.ts'

/** Reassembly of fragmented IPv4 packets (RFC 791). */

export interface IpPacket {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly payload: Uint8Array
  /** How many octets at the end of the packet the capture left out. */
  readonly cut: number
}

export interface IpReassembly {
  /**
   * Takes the octets of one IPv4 packet. Returns the packet itself, or, for a fragment, the whole
   * packet that it completes. Undefined while fragments are missing, and for octets that are not an
   * IPv4 packet. Never throws.
   * @param cut how many octets at the end of the packet a capture left out.
   * @param time when the packet came, in ms; only differences count.
   */
  take(octets: Uint8Array, cut: number, time: number): IpPacket | undefined
  /**
   * How many packets could not be put together: their fragments are missing, cut, contradictory, or
   * too long.
   */
  incomplete(): number
}

interface Datagram {
  /** When its first fragment came, in ms. */
  readonly begun: number
  /** Grows as fragments come: most packets are small, and many may wait at the same time. */
  octets: Uint8Array
  /** For each unit of 8 octets: 1 if it has come. */
  have: Uint8Array
  /** How many units have come. */
  units: number
  /** Octets of the whole payload; undefined until the last fragment comes. */
  total: number | undefined
}

/** How many packets may wait for fragments, up to 64 KiB each; one more drops the oldest. */
const DATAGRAMS = 128
/** How long a packet waits for its fragments, in ms. */
const LIFETIME = 60_000
const LARGEST = 0xffff

function grow(datagram: Datagram, end: number): void {
  const size = Math.min(LARGEST + 1, Math.max(end, 2 * datagram.octets.length, 2048))
  const octets = new Uint8Array(size)
  octets.set(datagram.octets)
  const have = new Uint8Array(Math.ceil(size / 8))
  have.set(datagram.have)
  datagram.octets = octets
  datagram.have = have
}

export function createIpReassembly(): IpReassembly {
  const datagrams = new Map<string, Datagram>()
  let given = 0

  function drop(key: string): undefined {
    if (datagrams.delete(key)) given++
    return undefined
  }

  function begin(key: string, time: number): Datagram {
    const [oldest] = datagrams.keys()
    if (datagrams.size >= DATAGRAMS && oldest !== undefined) drop(oldest)
    const datagram: Datagram = {
      begun: time,
      octets: new Uint8Array(0),
      have: new Uint8Array(0),
      units: 0,
      total: undefined,
    }
    datagrams.set(key, datagram)
    return datagram
  }

  function add(
    key: string,
    { offset, more, part, time }: { offset: number; more: boolean; part: Uint8Array; time: number },
  ): Uint8Array | undefined {
    const known = datagrams.get(key)
    if (known !== undefined && time - known.begun > LIFETIME) drop(key)
    const datagram = datagrams.get(key) ?? begin(key, time)
    const end = offset + part.length
    // All fragments but the last have a multiple of 8 octets (RFC 791 section 3.2). Where fragments
    // overlap, the octets that came first are kept.
    if (end > LARGEST || (more && part.length % 8 !== 0)) return drop(key)
    if (!more) {
      if (datagram.total !== undefined && datagram.total !== end) return drop(key)
      datagram.total = end
    }
    if (datagram.total !== undefined && end > datagram.total) return drop(key)
    if (end > datagram.octets.length) grow(datagram, end)
    for (let at = 0; at < part.length; at += 8) {
      const unit = (offset + at) / 8
      if (datagram.have[unit] === 1) continue
      datagram.have[unit] = 1
      datagram.units++
      datagram.octets.set(part.subarray(at, at + 8), offset + at)
    }
    if (datagram.total === undefined || datagram.units < Math.ceil(datagram.total / 8)) return undefined
    datagrams.delete(key)
    return datagram.octets.slice(0, datagram.total)
  }

  return {
    incomplete: () => given + datagrams.size,
    take(octets, cut, time) {
      if (octets.length < 20 || (octets[0] ?? 0) >> 4 !== 4) return undefined
      const header = ((octets[0] ?? 0) & 0x0f) * 4
      // A Total Length of 0 comes from segmentation offload: the packet is as long as the frame.
      const total = readUint16(octets, 2) || octets.length + cut
      if (header < 20 || total < header || octets.length < header) return undefined
      const end = Math.min(total, octets.length)
      const packet = {
        source: dotted(octets, 12),
        destination: dotted(octets, 16),
        protocol: octets[9] ?? 0,
        payload: octets.subarray(header, end),
        cut: total - end,
      }
      const fragment = readUint16(octets, 6)
      const offset = (fragment & 0x1fff) * 8
      const more = (fragment & 0x2000) !== 0
      if (offset === 0 && !more) return packet
      const key = `${packet.source} ${packet.destination} ${packet.protocol} ${readUint16(octets, 4)}`
      if (packet.cut > 0) {
        // The octets that the capture left out of this fragment are lost, and so is the packet.
        if (!datagrams.has(key)) given++
        return drop(key)
      }
      const payload = add(key, { offset, more, part: packet.payload, time })
      return payload === undefined ? undefined : { ...packet, payload }
    },
  }
}

function dotted(octets: Uint8Array, at: number): string {
  return `${octets[at] ?? 0}.${octets[at + 1] ?? 0}.${octets[at + 2] ?? 0}.${octets[at + 3] ?? 0}`
}
