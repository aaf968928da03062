import { writeUint16 } from '../protocol/octets.ts'

/**
 * PPP frames as a tunnel carries them: without flags, escapes and FCS (RFC 1662 section 3, RFC 1661
 * section 2). Address and Control may be left out (ACFC), the protocol number may have one octet
 * (PFC), and padding remains part of the information.
 */

/** Protocol numbers used here. */
export const PppProtocolNumber = {
  ipv4: 0x0021,
  compressed: 0x00fd,
  ipcp: 0x8021,
  ccp: 0x80fd,
  lcp: 0xc021,
  pap: 0xc023,
  chap: 0xc223,
} as const

export interface PppFrame {
  readonly protocol: number
  /** Everything after the protocol number, padding included. */
  readonly information: Uint8Array
  /** Whether Address and Control (FF 03) are present. */
  readonly addressAndControl: boolean
  /** Octets of the protocol field. */
  readonly protocolSize: 1 | 2
}

/** How a frame is written; the defaults suit every receiver: FF 03 and two octets of protocol. */
export interface FrameOptions {
  readonly addressAndControl?: boolean
  readonly protocolSize?: 1 | 2
}

/** Writes a frame. A protocol number that needs two octets gets two, whatever `protocolSize` is. */
export function encodeFrame(
  protocol: number,
  information: Uint8Array,
  { addressAndControl = true, protocolSize = 2 }: FrameOptions = {},
): Uint8Array {
  const short = protocolSize === 1 && protocol <= 0xff && (protocol & 1) === 1
  const start = addressAndControl ? 2 : 0
  const head = start + (short ? 1 : 2)
  const frame = new Uint8Array(head + information.length)
  if (addressAndControl) {
    frame[0] = 0xff
    frame[1] = 0x03
  }
  if (short) frame[start] = protocol
  else writeUint16(frame, start, protocol)
  frame.set(information, head)
  return frame
}

/**
 * Reads a frame; undefined where it ends inside its header, or where the protocol number is not a
 * valid one (its low octet is even).
 */
export function decodeFrame(octets: Uint8Array): PppFrame | undefined {
  const addressAndControl = octets[0] === 0xff && octets[1] === 0x03
  const at = addressAndControl ? 2 : 0
  const first = octets[at]
  if (first === undefined) return undefined
  if ((first & 1) === 1)
    return { protocol: first, information: octets.slice(at + 1), addressAndControl, protocolSize: 1 }
  const second = octets[at + 1]
  if (second === undefined || (second & 1) === 0) return undefined
  return {
    protocol: (first << 8) | second,
    information: octets.slice(at + 2),
    addressAndControl,
    protocolSize: 2,
  }
}
