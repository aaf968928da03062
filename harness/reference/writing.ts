import { encodeControl } from '../protocol/control.ts'
import type { GrePacket } from '../protocol/gre.ts'
import type { ControlMessage } from '../protocol/messages.ts'

/** From messages, packets and frames to what goes out. */
export interface Writing {
  /**
   * The octet strings to send for a message, each handed to TCP on its own.
   * @param restarted whether its connection was opened again after an error.
   */
  encode(message: ControlMessage, restarted: boolean): readonly Uint8Array[]
  /**
   * A GRE packet as it goes out.
   * @param ownCallId the Call ID that its sender assigned.
   */
  packet(packet: GrePacket, ownCallId: number): GrePacket
  /**
   * A PPP frame as it goes into the tunnel; undefined: it is not sent.
   * @param link names the link that it goes out on.
   */
  sent(octets: Uint8Array, link: number): Uint8Array | undefined
}

export const WRITING: Writing = {
  encode: (message) => [encodeControl(message)],
  packet: (packet) => packet,
  sent: (octets) => octets,
}
