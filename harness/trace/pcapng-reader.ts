import { hexNumber } from '../protocol/octets.ts'
import {
  type CapturedFrame,
  type CaptureFile,
  corrupt,
  endOf,
  type FrameGenerator,
  holds,
  LARGEST_FRAME,
  whenHeld,
} from './captured-frame.ts'

/** Reads pcapng, in either byte order. */

const BLOCK = { section: 0x0a0d0d0a, interface: 1, oldPacket: 2, simplePacket: 3, enhancedPacket: 6 } as const
/** Octets of a block without a body. */
const SMALLEST_BLOCK = 12
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const OPTION = { end: 0, name: 2, resolution: 9, offset: 14 } as const

interface Interface {
  readonly linkType: number
  readonly name: string | undefined
  readonly snapLength: number
  /** Units of the interface's timestamps in a ms. */
  readonly units: number
  /** ms to add to each timestamp. */
  readonly offset: number
}

/** What is known from the blocks read so far. */
interface Reading {
  readonly file: CaptureFile
  /** The byte order of the section. */
  littleEndian: boolean
  /** The interfaces of the section, in the order of their descriptions. */
  interfaces: Interface[]
  /** The number of the latest frame; `time` is its time. */
  number: number
  time: number
}

/** A block's place, in octets from the beginning of the part in memory. */
interface Block {
  readonly type: number
  readonly length: number
  readonly at: number
  readonly body: number
  readonly bodyEnd: number
}

/** Whether a file of four octets or more begins like pcapng. */
export function isPcapng({ view }: CaptureFile): boolean {
  return view.getUint32(0) === BLOCK.section
}

/**
 * Reads the frames of a pcapng file, one after the other.
 * @throws UsageError when the file contains an impossible length, or a frame names no described
 * interface.
 */
export function* readPcapng(file: CaptureFile): FrameGenerator {
  const reading: Reading = { file, littleEndian: false, interfaces: [], number: 0, time: 0 }
  for (let at = 0; ; ) {
    const isThere = holds(file, at, SMALLEST_BLOCK) || (yield* whenHeld(file, at, SMALLEST_BLOCK))
    const length = isThere ? lengthAt(reading, at - file.start) : 0
    if (!isThere || !(holds(file, at, length) || (yield* whenHeld(file, at, length)))) {
      if (at < endOf(file)) file.note(`the file ends inside a block, at offset ${at}`)
      return
    }
    const frame = takeBlock(reading, blockAt(reading, at - file.start, length))
    if (frame !== undefined) yield frame
    at += length
  }
}

/** Reads the length of the block at a place; begins a section if the block does. */
function lengthAt(reading: Reading, at: number): number {
  const { file } = reading
  if (file.view.getUint32(at) === BLOCK.section) beginSection(reading, at)
  const length = file.view.getUint32(at + 4, reading.littleEndian)
  if (length < SMALLEST_BLOCK || length % 4 !== 0 || length > 2 * LARGEST_FRAME)
    throw corrupt(file, at + 4, `a block of ${length} octets`)
  return length
}

/** Reads the block of this length at a place. */
function blockAt({ file, littleEndian }: Reading, at: number, length: number): Block {
  const bodyEnd = at + length - 4
  if (file.view.getUint32(bodyEnd, littleEndian) !== length)
    throw corrupt(file, bodyEnd, `a block of ${length} octets ends with another length`)
  return { type: file.view.getUint32(at, littleEndian), length, at, body: at + 8, bodyEnd }
}

/** Begins a section: its header says in which byte order its numbers are. */
function beginSection(reading: Reading, at: number): void {
  const { view } = reading.file
  const magic = view.getUint32(at + 8)
  if (magic === BYTE_ORDER_MAGIC) reading.littleEndian = false
  else if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) reading.littleEndian = true
  else throw corrupt(reading.file, at + 8, `no byte-order magic: ${hexNumber(magic, 8)}`)
  reading.interfaces = []
}

/** Takes one block. Returns its frame if it holds one. */
function takeBlock(reading: Reading, block: Block): CapturedFrame | undefined {
  const { littleEndian } = reading
  const { view } = reading.file
  const { type, body, bodyEnd } = block
  switch (type) {
    case BLOCK.interface:
      requireOctets(reading, block, 8, 'an interface description')
      reading.interfaces.push(readInterface(view, body, bodyEnd, littleEndian))
      return undefined
    case BLOCK.enhancedPacket:
      requireOctets(reading, block, 20, 'a packet block')
      return packetOf(reading, block, view.getUint32(body, littleEndian))
    case BLOCK.oldPacket:
      requireOctets(reading, block, 20, 'a packet block')
      return packetOf(reading, block, view.getUint16(body, littleEndian))
    case BLOCK.simplePacket:
      requireOctets(reading, block, 4, 'a packet block')
      return simplePacketOf(reading, block)
    default:
      // Names, statistics, secrets, comments and future block types.
      return undefined
  }
}

/** @throws UsageError when the body of a block has fewer octets than its type takes. */
function requireOctets({ file }: Reading, { at, body, bodyEnd }: Block, size: number, what: string): void {
  if (bodyEnd - body < size) throw corrupt(file, at, `${what} is too short`)
}

/**
 * Reads the frame of an enhanced or an old packet block: both have the same layout after the
 * interface.
 */
function packetOf(reading: Reading, block: Block, index: number): CapturedFrame {
  const { littleEndian } = reading
  const { view } = reading.file
  const { body } = block
  const from = interfaceAt(reading, block, index)
  const high = view.getUint32(body + 4, littleEndian)
  const low = view.getUint32(body + 8, littleEndian)
  reading.time = (high * 2 ** 32 + low) / from.units + from.offset
  const kept = view.getUint32(body + 12, littleEndian)
  return frameOf(reading, block, from, {
    start: body + 20,
    kept,
    original: view.getUint32(body + 16, littleEndian),
  })
}

/** Reads the frame of a simple packet block, which has no time, and only the length on the wire. */
function simplePacketOf(reading: Reading, block: Block): CapturedFrame {
  const { body, bodyEnd } = block
  const from = interfaceAt(reading, block, 0)
  const original = reading.file.view.getUint32(body, reading.littleEndian)
  const most = from.snapLength === 0 ? original : Math.min(original, from.snapLength)
  return frameOf(reading, block, from, {
    start: body + 4,
    kept: Math.min(most, bodyEnd - body - 4),
    original,
  })
}

function interfaceAt({ file, interfaces }: Reading, { body }: Block, index: number): Interface {
  const found = interfaces[index]
  if (found === undefined) throw corrupt(file, body, `a frame of interface ${index}, which is not described`)
  return found
}

function frameOf(
  reading: Reading,
  { at, length, bodyEnd }: Block,
  { linkType, name }: Interface,
  { start, kept, original }: { readonly start: number; readonly kept: number; readonly original: number },
): CapturedFrame {
  const { file, time } = reading
  if (kept > bodyEnd - start) throw corrupt(file, at, `a frame of ${kept} octets in a block of ${length}`)
  reading.number++
  return {
    number: reading.number,
    time,
    linkType,
    ...(name === undefined ? {} : { interfaceName: name }),
    octets: file.octets.subarray(start, start + kept),
    cut: Math.max(0, original - kept),
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
