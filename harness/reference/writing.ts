import { encodeControl } from '../protocol/control.ts'
import type { GrePacket } from '../protocol/gre.ts'
import type { ControlMessage } from '../protocol/messages.ts'

/** The functions that write messages, packets and frames. */
export interface Writing {
  /**
   * Returns the octet strings to send for a message; each is handed to TCP separately.
   * @param restarted whether the connection was opened again after an error.
   */
  encode(message: ControlMessage, restarted: boolean): readonly Uint8Array[]
  /**
   * Returns the GRE packet to send in place of `packet`.
   * @param ownCallId the Call ID that its sender assigned.
   */
  packet(packet: GrePacket, ownCallId: number): GrePacket
  /**
   * Returns the PPP frame to send into the tunnel in place of `octets`; undefined sends nothing.
   * @param link the number of the link.
   */
  sent(octets: Uint8Array, link: number): Uint8Array | undefined
}

export const WRITING: Writing = {
  encode: (message) => [encodeControl(message)],
  packet: (packet) => packet,
  sent: (octets) => octets,
}
