import { addressOctets } from '../protocol/ip.ts'
import { concat } from '../protocol/octets.ts'

/** LINKTYPE_WIRESHARK_UPPER_PDU: octets of an upper layer, with tags that say how to show them. */
export const LINKTYPE_UPPER_PDU = 252

const TAG = {
  end: 0,
  dissectorName: 12,
  ipv4Source: 20,
  ipv4Destination: 21,
  portType: 24,
  sourcePort: 25,
  destinationPort: 26,
  protocolColumn: 33,
  infoColumn: 36,
} as const
const PORT_TYPE_TCP = 2

/** Octets that no dissector should interpret, and their addresses. */
export interface PlainOctets {
  readonly source: string
  readonly destination: string
  /** TCP ports; absent for GRE. */
  readonly ports?: { readonly source: number; readonly destination: number }
  /** The text of Wireshark's Protocol column. */
  readonly protocol: string
  /** The text of Wireshark's Info column. */
  readonly info: string
  readonly octets: Uint8Array
}

/** Makes a frame for an interface of LINKTYPE_UPPER_PDU. */
export function plainFrame(plain: PlainOctets): Uint8Array {
  const { ports } = plain
  return concat(
    textTag(TAG.dissectorName, 'data'),
    tag(TAG.ipv4Source, addressOctets(plain.source)),
    tag(TAG.ipv4Destination, addressOctets(plain.destination)),
    ...(ports === undefined
      ? []
      : [
          numberTag(TAG.portType, PORT_TYPE_TCP),
          numberTag(TAG.sourcePort, ports.source),
          numberTag(TAG.destinationPort, ports.destination),
        ]),
    textTag(TAG.protocolColumn, plain.protocol),
    textTag(TAG.infoColumn, plain.info),
    tag(TAG.end, new Uint8Array(0)),
    plain.octets,
  )
}

function tag(code: number, value: Uint8Array): Uint8Array {
  // Values are padded to 32 bits, and the length counts the padding.
  const octets = new Uint8Array(4 + Math.ceil(value.length / 4) * 4)
  const view = new DataView(octets.buffer)
  view.setUint16(0, code)
  view.setUint16(2, octets.length - 4)
  octets.set(value, 4)
  return octets
}

function textTag(code: number, text: string): Uint8Array {
  return tag(code, new TextEncoder().encode(text))
}

function numberTag(code: number, value: number): Uint8Array {
  const octets = new Uint8Array(4)
  new DataView(octets.buffer).setUint32(0, value)
  return tag(code, octets)
}

/** Reads what `plainFrame` wrote; undefined for an exported PDU of another kind. Never throws. */
export function readPlainFrame(frame: Uint8Array): Omit<PlainOctets, 'protocol' | 'info'> | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const values = new Map<number, Uint8Array>()
  let at = 0
  for (;;) {
    if (at + 4 > frame.length) return undefined
    const code = view.getUint16(at)
    const length = view.getUint16(at + 2)
    at += 4
    if (code === TAG.end) break
    values.set(code, frame.subarray(at, at + length))
    at += length
  }
  const source = dotted(values.get(TAG.ipv4Source))
  const destination = dotted(values.get(TAG.ipv4Destination))
  if (source === undefined || destination === undefined) return undefined
  const octets = frame.subarray(at)
  const sourcePort = numberOf(values.get(TAG.sourcePort))
  const destinationPort = numberOf(values.get(TAG.destinationPort))
  if (sourcePort === undefined || destinationPort === undefined) return { source, destination, octets }
  return { source, destination, ports: { source: sourcePort, destination: destinationPort }, octets }
}

function dotted(octets: Uint8Array | undefined): string | undefined {
  return octets?.length === 4 ? octets.join('.') : undefined
}

function numberOf(octets: Uint8Array | undefined): number | undefined {
  if (octets?.length !== 4) return undefined
  return new DataView(octets.buffer, octets.byteOffset, 4).getUint32(0)
}
