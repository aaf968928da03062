/**
 * Parses a capture as tcpdump writes it to a pipe: pcap, in the byte order of this machine. It is
 * parsed while it arrives, so that it can be divided into the captures of single cases.
 */

const FILE_HEADER = 24
const RECORD_HEADER = 16
/**
 * Octets of frames after a reset that are kept whole; of the frames after these only the beginning
 * is kept.
 */
const WHOLE = 48 * 1024 * 1024
/** Octets of that beginning: all headers and the first octets of the GRE payload. */
const BEGINNING = 128
/** Octets; longer than any frame: a greater length is invalid. */
const LONGEST = 256 * 1024

const ETHERNET = { type: 12, arp: 0x0806, targetAddress: 38, arpFrame: 42 } as const

/** Parses a stream of pcap. */
export interface PcapStream {
  /** @throws RangeError when the stream is not pcap, or has an invalid length. */
  push(piece: Uint8Array): void
  /** The frames since the last reset, as a pcap file without ARP. */
  capture(): Uint8Array
  /** Drops the frames so far. */
  reset(): void
}

/**
 * Creates a parser.
 * @param onArp is called for each ARP frame with the address that it asks for, dotted IPv4.
 */
export function createPcapStream(onArp: (address: string) => void): PcapStream {
  let pending: Uint8Array = new Uint8Array(0)
  let header: Uint8Array | undefined
  let records: Uint8Array[] = []
  let kept = 0

  function take(record: Uint8Array): void {
    const frame = record.subarray(RECORD_HEADER)
    if (readBig16(frame, ETHERNET.type) === ETHERNET.arp) {
      if (frame.length >= ETHERNET.arpFrame)
        onArp(frame.subarray(ETHERNET.targetAddress, ETHERNET.targetAddress + 4).join('.'))
      return
    }
    // A copy, so that the larger piece of the stream is not kept.
    const copy = Uint8Array.from(
      kept < WHOLE ? record : record.subarray(0, RECORD_HEADER + Math.min(frame.length, BEGINNING)),
    )
    new DataView(copy.buffer).setUint32(8, copy.length - RECORD_HEADER, true)
    kept += copy.length
    records.push(copy)
  }

  return {
    push(piece) {
      pending = pending.length === 0 ? piece : joined([pending, piece])
      if (header === undefined) {
        if (pending.length < FILE_HEADER) return
        if (viewOf(pending).getUint32(0, true) !== 0xa1b2c3d4) throw new RangeError('not a pcap capture')
        header = Uint8Array.from(pending.subarray(0, FILE_HEADER))
        pending = pending.subarray(FILE_HEADER)
      }
      while (pending.length >= RECORD_HEADER) {
        const length = viewOf(pending).getUint32(8, true)
        if (length > LONGEST)
          throw new RangeError(`a frame of ${length} octets, more than the ${LONGEST} that are possible`)
        const size = RECORD_HEADER + length
        if (pending.length < size) return
        take(pending.subarray(0, size))
        pending = pending.subarray(size)
      }
    },
    capture: () => joined([header ?? new Uint8Array(0), ...records]),
    reset() {
      records = []
      kept = 0
    },
  }
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
}

function readBig16(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}
