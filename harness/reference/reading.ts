import { type DecodedMessage, decodeControl } from '../protocol/control.ts'
import { type DecodedGre, decodeGre, GRE_PROTOCOL_PPP, type GrePacket } from '../protocol/gre.ts'
import type { ConnectionId } from './events.ts'
import { type Framing, frame, type Stream } from './framing.ts'

/** From octets to messages, packets and frames. */
export interface Reading {
  /** The messages that a segment completes. */
  frame(stream: Stream, octets: Uint8Array, connection: ConnectionId): Framing
  /** The message in the octets that its Length frames. */
  decode(octets: Uint8Array): DecodedMessage
  /** The packet in what the IP header leaves. */
  decodePacket(octets: Uint8Array): DecodedGre
  /** Why a packet for a call is dropped; undefined where it is taken (section 4.1). */
  flaw(packet: GrePacket): string | undefined
  /** The number that a packet acknowledges; undefined where it acknowledges nothing. */
  acknowledgment(packet: GrePacket): number | undefined
  payload(packet: GrePacket): Uint8Array
  /**
   * A PPP frame as the tunnel delivers it; undefined: it is not heard.
   * @param link names the link that it came on.
   */
  heard(octets: Uint8Array, link: number): Uint8Array | undefined
}

export const READING: Reading = {
  frame: (stream, octets) => frame(stream, octets),
  decode: decodeControl,
  decodePacket: decodeGre,
  flaw: ({ protocolType, payloadLength, payload }) => {
    if (protocolType !== GRE_PROTOCOL_PPP) return `Protocol Type 0x${protocolType.toString(16)} dropped`
    return payloadLength > payload.length
      ? `Payload Length ${payloadLength} is more than there is, dropped`
      : undefined
  },
  acknowledgment: (packet) => (isConsistent(packet) ? packet.acknowledgmentNumber : undefined),
  payload: ({ payload }) => payload,
  heard: (octets) => octets,
}

/** A payload has a sequence number, and nothing else has one (section 4.1). */
export function isConsistent({ sequenceNumber, payload }: GrePacket): boolean {
  return (sequenceNumber !== undefined) === payload.length > 0
}
