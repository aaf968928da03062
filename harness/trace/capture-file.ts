import { UsageError } from '../errors/errors.ts'
import { hexNumber, printable } from '../protocol/octets.ts'

/**
 * Reading capture files: pcap with times in microseconds or nanoseconds, and pcapng, both in either
 * byte order. No npm library read both and was maintained when this was written; the formats are
 * small.
 */

/** One frame as a capture holds it. */
export interface CapturedFrame {
  /** Place in the file, from 1, as Wireshark counts. */
  readonly number: number
  /** ms since 1970. */
  readonly time: number
  /** A LINKTYPE_ number of the tcpdump.org registry. */
  readonly linkType: number
  /** The name of the interface it was captured on; absent where the file has none. */
  readonly interfaceName?: string
  readonly octets: Uint8Array
  /** Octets at its end that were not kept (snap length). */
  readonly cut: number
}

/** More octets than any frame has: a length above it is no length. */
const LARGEST_FRAME = 16 * 1024 * 1024
const PCAP_HEADER = 24
const PCAP_RECORD = 16

const PCAP_MICROSECONDS = 0xa1b2c3d4
const PCAP_NANOSECONDS = 0xa1b23c4d
const BLOCK = { section: 0x0a0d0d0a, interface: 1, oldPacket: 2, simplePacket: 3, enhancedPacket: 6 } as const
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const OPTION = { end: 0, name: 2, resolution: 9, offset: 14 } as const

/**
 * The frames of a capture file, one after the other. A file that ends in the middle of a frame
 * gives those before it, and says so to `note`.
 * @param source what to call the file in messages.
 * @throws UsageError, also between frames, when it is no capture or a length in it cannot be right;
 * the message names the file offset.
 */
export function* readFrames(
  octets: Uint8Array,
  source: string,
  note: (text: string) => void,
): Generator<CapturedFrame, void, void> {
  if (octets.length === 0) throw new UsageError(`${source} is empty`, REMEDY)
  if (octets.length < 4) throw new UsageError(`${source} has ${octets.length} octets: no capture`, REMEDY)
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const magic = view.getUint32(0)
  if (magic === BLOCK.section) {
    yield* readPcapng(view, octets, source, note)
    return
  }
  for (const littleEndian of [false, true]) {
    const own = view.getUint32(0, littleEndian)
    if (own !== PCAP_MICROSECONDS && own !== PCAP_NANOSECONDS && own !== PCAP_MODIFIED) continue
    yield* readPcap(view, octets, {
      source,
      note,
      littleEndian,
      record: own === PCAP_MODIFIED ? PCAP_RECORD + MODIFIED_MORE : PCAP_RECORD,
      fractions: own === PCAP_NANOSECONDS ? 1e6 : 1e3,
    })
    return
  }
  const format = FORMATS.find(({ begins }) => magic === begins || magic >>> 16 === begins)
  if (format !== undefined)
    throw new UsageError(
      `${source} is a ${format.name} file, which is not read`,
      `Convert it first: ${format.how}`,
    )
  throw new UsageError(`${source} is no capture: it begins with ${hexNumber(magic, 8)} at offset 0`, REMEDY)
}

/** Of Alexey Kuznetsov's patch to libpcap: 8 more octets before each frame. */
const PCAP_MODIFIED = 0xa1b2cd34
const MODIFIED_MORE = 8

const EDITCAP = 'editcap -F pcapng FILE OUT.pcapng'
/** Captures and packed files in other formats, by the first 16 or 32 bits. */
const FORMATS = [
  { begins: 0x736e6f6f, name: 'snoop', how: EDITCAP },
  { begins: 0x474d4255, name: 'Microsoft Network Monitor', how: EDITCAP },
  { begins: 0x52545353, name: 'Microsoft Network Monitor 1', how: EDITCAP },
  { begins: 0x28b52ffd, name: 'zstd', how: 'zstd -d FILE' },
  { begins: 0xfd377a58, name: 'xz', how: 'xz -d FILE' },
  { begins: 0x425a, name: 'bzip2', how: 'bzip2 -d FILE' },
  { begins: 0x504b, name: 'ZIP', how: 'unzip FILE' },
] as const

const REMEDY = 'Give a pcap or pcapng file, as tcpdump, Wireshark and pptpspec write them'

function corrupt(source: string, offset: number, what: string): UsageError {
  return new UsageError(
    `${source} is damaged at offset ${offset}: ${printable(what)}`,
    'Capture again, or cut the file before that with editcap',
  )
}

function* readPcap(
  view: DataView,
  octets: Uint8Array,
  {
    source,
    note,
    littleEndian,
    record,
    fractions,
  }: {
    readonly source: string
    readonly note: (text: string) => void
    readonly littleEndian: boolean
    /** Octets before each frame. */
    readonly record: number
    /** Fractions of a second in a ms. */
    readonly fractions: number
  },
): Generator<CapturedFrame, void, void> {
  if (octets.length < PCAP_HEADER) {
    note(`the file ends inside its header, at offset ${octets.length}`)
    return
  }
  // The upper bits tell about checksums behind frames.
  const linkType = view.getUint32(20, littleEndian) & 0xffff
  let number = 0
  for (let at = PCAP_HEADER; at < octets.length; ) {
    if (octets.length - at < record) {
      note(`the file ends inside a frame, at offset ${at}`)
      return
    }
    const kept = view.getUint32(at + 8, littleEndian)
    const original = view.getUint32(at + 12, littleEndian)
    if (kept > LARGEST_FRAME) throw corrupt(source, at + 8, `a frame of ${kept} octets`)
    const start = at + record
    if (octets.length - start < kept) {
      note(`the file ends inside a frame, at offset ${at}`)
      return
    }
    number++
    yield {
      number,
      time: view.getUint32(at, littleEndian) * 1000 + view.getUint32(at + 4, littleEndian) / fractions,
      linkType,
      octets: octets.subarray(start, start + kept),
      cut: Math.max(0, original - kept),
    }
    at = start + kept
  }
}

interface Interface {
  readonly linkType: number
  readonly name: string | undefined
  readonly snapLength: number
  /** Units of its timestamps in a ms. */
  readonly units: number
  /** ms to add. */
  readonly offset: number
}

function* readPcapng(
  view: DataView,
  octets: Uint8Array,
  source: string,
  note: (text: string) => void,
): Generator<CapturedFrame, void, void> {
  let littleEndian = false
  let interfaces: Interface[] = []
  let number = 0
  let time = 0

  for (let at = 0; at < octets.length; ) {
    if (octets.length - at < 12) {
      note(`the file ends inside a block, at offset ${at}`)
      return
    }
    const section = view.getUint32(at) === BLOCK.section
    if (section) {
      // A section says in which order its own lengths are.
      if (view.getUint32(at + 8) === BYTE_ORDER_MAGIC) littleEndian = false
      else if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) littleEndian = true
      else throw corrupt(source, at + 8, `no byte-order magic: ${hexNumber(view.getUint32(at + 8), 8)}`)
      interfaces = []
    }
    const type = view.getUint32(at, littleEndian)
    const length = view.getUint32(at + 4, littleEndian)
    if (length < 12 || length % 4 !== 0 || length > 2 * LARGEST_FRAME)
      throw corrupt(source, at + 4, `a block of ${length} octets`)
    const end = at + length
    if (end > octets.length) {
      note(`the file ends inside a block, at offset ${at}`)
      return
    }
    if (view.getUint32(end - 4, littleEndian) !== length)
      throw corrupt(source, end - 4, `a block of ${length} octets ends with another length`)
    const body = at + 8
    const bodyEnd = end - 4
    const have = (size: number, what: string): void => {
      if (bodyEnd - body < size) throw corrupt(source, at, `${what} is too short`)
    }
    const interfaceOf = (index: number): Interface => {
      const found = interfaces[index]
      if (found === undefined)
        throw corrupt(source, body, `a frame of interface ${index}, which is not described`)
      return found
    }
    const frame = (
      start: number,
      kept: number,
      original: number,
      { linkType, name }: Interface,
    ): CapturedFrame => {
      if (kept > bodyEnd - start)
        throw corrupt(source, at, `a frame of ${kept} octets in a block of ${length}`)
      number++
      return {
        number,
        time,
        linkType,
        ...(name === undefined ? {} : { interfaceName: name }),
        octets: octets.subarray(start, start + kept),
        cut: Math.max(0, original - kept),
      }
    }
    const timeOf = (high: number, low: number, { units, offset }: Interface): number =>
      (high * 2 ** 32 + low) / units + offset

    switch (type) {
      case BLOCK.interface:
        have(8, 'an interface description')
        interfaces.push(readInterface(view, body, bodyEnd, littleEndian))
        break
      case BLOCK.enhancedPacket: {
        have(20, 'a packet block')
        const from = interfaceOf(view.getUint32(body, littleEndian))
        time = timeOf(view.getUint32(body + 4, littleEndian), view.getUint32(body + 8, littleEndian), from)
        const kept = view.getUint32(body + 12, littleEndian)
        yield frame(body + 20, kept, view.getUint32(body + 16, littleEndian), from)
        break
      }
      case BLOCK.oldPacket: {
        have(20, 'a packet block')
        const from = interfaceOf(view.getUint16(body, littleEndian))
        time = timeOf(view.getUint32(body + 4, littleEndian), view.getUint32(body + 8, littleEndian), from)
        const kept = view.getUint32(body + 12, littleEndian)
        yield frame(body + 20, kept, view.getUint32(body + 16, littleEndian), from)
        break
      }
      case BLOCK.simplePacket: {
        have(4, 'a packet block')
        // It has no time of its own and no length but that on the wire.
        const from = interfaceOf(0)
        const original = view.getUint32(body, littleEndian)
        const most = from.snapLength === 0 ? original : Math.min(original, from.snapLength)
        yield frame(body + 4, Math.min(most, bodyEnd - body - 4), original, from)
        break
      }
      default:
        // Names, statistics, secrets, comments and what is yet to be invented.
        break
    }
    at = end
  }
}

function readInterface(view: DataView, body: number, end: number, littleEndian: boolean): Interface {
  let units = 1e3
  let offset = 0
  let name: string | undefined
  for (let at = body + 8; at + 4 <= end; ) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    if (code === OPTION.end || at + 4 + length > end) break
    if (code === OPTION.name)
      name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 4, length))
    else if (code === OPTION.resolution && length >= 1) {
      const value = view.getUint8(at + 4)
      units = (value & 0x80) === 0 ? 10 ** value / 1000 : 2 ** (value & 0x7f) / 1000
    } else if (code === OPTION.offset && length >= 8)
      offset = Number(view.getBigInt64(at + 4, littleEndian)) * 1000
    at += 4 + Math.ceil(length / 4) * 4
  }
  return {
    linkType: view.getUint16(body, littleEndian),
    name,
    snapLength: view.getUint32(body + 4, littleEndian),
    units,
    offset,
  }
}
