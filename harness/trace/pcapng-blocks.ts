import { concat } from '../protocol/octets.ts'

/**
 * Writes the parts of the pcapng file format (draft-ietf-opsawg-pcapng) that pptpspec needs: one
 * section, its interfaces and its packets. Big-endian, as the section header says.
 */

/** One interface description; frames refer to it by its index in the list. */
export interface CaptureInterface {
  /** A LINKTYPE_ number of the tcpdump.org registry. */
  readonly linkType: number
  readonly name: string
  readonly description: string
}

/** One captured packet. */
export interface CaptureFrame {
  /** Microseconds since 1970. */
  readonly time: number
  readonly interface: number
  readonly octets: Uint8Array
  /** The size on the wire in octets, if the capture holds only the beginning. */
  readonly originalLength?: number
  readonly comments: readonly string[]
}

const BLOCK = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const
const OPTION = { end: 0, comment: 1, application: 4, interfaceName: 2, interfaceDescription: 3 } as const

/** Encodes a whole file. */
export function encodePcapng(
  section: { readonly application: string; readonly comment: string },
  interfaces: readonly CaptureInterface[],
  frames: readonly CaptureFrame[],
): Uint8Array {
  return join([
    sectionHeader(section),
    ...interfaces.map(interfaceDescription),
    ...frames.map(enhancedPacket),
  ])
}

/** Joins any number of parts, even more than a call may have arguments. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function sectionHeader({ application, comment }: { application: string; comment: string }): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, 0x1a2b3c4d) // byte-order magic, equal to PPTP's Magic Cookie by chance
  view.setUint16(4, 1) // version 1.0
  view.setUint32(8, 0xffffffff) // section length: not given
  view.setUint32(12, 0xffffffff)
  return block(BLOCK.section, body, [
    [OPTION.comment, comment],
    [OPTION.application, application],
  ])
}

function interfaceDescription(description: CaptureInterface): Uint8Array {
  const body = new Uint8Array(8)
  const view = new DataView(body.buffer)
  view.setUint16(0, description.linkType)
  // Snap length 0: no limit. Timestamps are in the default resolution, microseconds.
  return block(BLOCK.interface, body, [
    [OPTION.interfaceName, description.name],
    [OPTION.interfaceDescription, description.description],
  ])
}

function enhancedPacket(frame: CaptureFrame): Uint8Array {
  const header = new Uint8Array(20)
  const view = new DataView(header.buffer)
  const time = Math.max(0, Math.round(frame.time))
  view.setUint32(0, frame.interface)
  view.setUint32(4, Math.floor(time / 2 ** 32))
  view.setUint32(8, time % 2 ** 32)
  view.setUint32(12, frame.octets.length)
  view.setUint32(16, frame.originalLength ?? frame.octets.length)
  const options = frame.comments.map((comment): readonly [number, string] => [OPTION.comment, comment])
  return block(BLOCK.enhancedPacket, concat(header, padded(frame.octets)), options)
}

function block(type: number, body: Uint8Array, options: readonly (readonly [number, string])[]): Uint8Array {
  const encoded = options.map(([code, text]) => {
    // An option's length has 16 bits.
    const value = new TextEncoder().encode(text).subarray(0, 0xffff)
    const head = new Uint8Array(4)
    const view = new DataView(head.buffer)
    view.setUint16(0, code)
    view.setUint16(2, value.length)
    return concat(head, padded(value))
  })
  const end = options.length === 0 ? new Uint8Array(0) : new Uint8Array(4)
  const length = 12 + body.length + encoded.reduce((sum, option) => sum + option.length, 0) + end.length
  const head = new Uint8Array(8)
  const headView = new DataView(head.buffer)
  headView.setUint32(0, type)
  headView.setUint32(4, length)
  return concat(head, body, ...encoded, end, head.subarray(4))
}

/** Blocks, packet data and options are padded to 32 bits. */
function padded(octets: Uint8Array): Uint8Array {
  const rest = octets.length % 4
  return rest === 0 ? octets : concat(octets, new Uint8Array(4 - rest))
}
