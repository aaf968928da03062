import { concat, writeUint16 } from '../protocol/octets.ts'

/** Packets of LCP and of the control protocols modelled on it (RFC 1661 section 5). */

/** Codes of RFC 1661 section 5; NCPs use the first seven. */
export const PacketCode = {
  configureRequest: 1,
  configureAck: 2,
  configureNak: 3,
  configureReject: 4,
  terminateRequest: 5,
  terminateAck: 6,
  codeReject: 7,
  protocolReject: 8,
  echoRequest: 9,
  echoReply: 10,
  discardRequest: 11,
} as const

export interface Packet {
  readonly code: number
  readonly identifier: number
  /** The octets after the 4-octet header, up to Length: padding is left out. */
  readonly data: Uint8Array
}

/** One configuration option: its data without type and length. */
export interface Option {
  readonly type: number
  readonly data: Uint8Array
}

export function encodePacket({ code, identifier, data }: Packet): Uint8Array {
  const octets = new Uint8Array(4 + data.length)
  octets[0] = code
  octets[1] = identifier
  writeUint16(octets, 2, octets.length)
  octets.set(data, 4)
  return octets
}

/**
 * Reads a packet; undefined where it is shorter than its header or its Length, and is to be
 * discarded without an answer.
 */
export function decodePacket(octets: Uint8Array): Packet | undefined {
  const code = octets[0]
  const identifier = octets[1]
  if (code === undefined || identifier === undefined || octets.length < 4) return undefined
  const length = ((octets[2] ?? 0) << 8) | (octets[3] ?? 0)
  if (length < 4 || length > octets.length) return undefined
  return { code, identifier, data: octets.slice(4, length) }
}

export function encodeOptions(options: readonly Option[]): Uint8Array {
  return concat(
    ...options.map(({ type, data }) =>
      concat(Uint8Array.from([type & 0xff, (2 + data.length) & 0xff]), data),
    ),
  )
}

/** Reads the options of a Configure packet; undefined where a length is wrong. */
export function decodeOptions(data: Uint8Array): readonly Option[] | undefined {
  const options: Option[] = []
  let at = 0
  while (at < data.length) {
    const type = data[at]
    const length = data[at + 1]
    if (type === undefined || length === undefined || length < 2 || at + length > data.length)
      return undefined
    options.push({ type, data: data.slice(at + 2, at + length) })
    at += length
  }
  return options
}
