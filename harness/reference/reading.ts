import { type DecodedMessage, decodeControl } from '../protocol/control.ts'
import { type DecodedGre, decodeGre, GRE_PROTOCOL_PPP, type GrePacket } from '../protocol/gre.ts'
import type { ConnectionId } from './events.ts'
import { type Framing, frame, type Stream } from './framing.ts'

/** The functions that read octets as messages, packets and frames. */
export interface Reading {
  /** Returns the messages that a segment completes. */
  frame(stream: Stream, octets: Uint8Array, connection: ConnectionId): Framing
  /** Reads the octets of one message. */
  decode(octets: Uint8Array): DecodedMessage
  /** Reads a GRE packet from its GRE header on. */
  decodePacket(octets: Uint8Array): DecodedGre
  /** Returns why a packet for a call is dropped; undefined where it is taken (section 4.1). */
  flaw(packet: GrePacket): string | undefined
  /** Returns the number that a packet acknowledges; undefined where it acknowledges nothing. */
  acknowledgment(packet: GrePacket): number | undefined
  payload(packet: GrePacket): Uint8Array
  /**
   * Returns the PPP frame to hand to the link, in place of one that the tunnel delivers; undefined
   * drops it.
   * @param link the number of the link.
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
      ? `Payload Length ${payloadLength} is more than the ${payload.length} octets that came, dropped`
      : undefined
  },
  acknowledgment: (packet) => (isConsistent(packet) ? packet.acknowledgmentNumber : undefined),
  payload: ({ payload }) => payload,
  heard: (octets) => octets,
}

/** Whether a packet has both a payload and a sequence number, or neither (section 4.1). */
export function isConsistent({ sequenceNumber, payload }: GrePacket): boolean {
  return (sequenceNumber !== undefined) === payload.length > 0
}
