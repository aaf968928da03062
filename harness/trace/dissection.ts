import { type DecodedGre, GRE_PROTOCOL_PPP } from '../protocol/gre.ts'
import { HEADER_SIZE, messageNameOf, sizeOf } from '../protocol/messages.ts'
import { LARGEST_SEGMENT } from './ip.ts'

/** What Wireshark's dissectors can show, as seen in version 4.0.17. */

/** Whether Wireshark shows the octets as one frame with one message. */
export function isOneMessage(octets: Uint8Array): boolean {
  return octets.length <= LARGEST_SEGMENT && isWholeMessage(octets)
}

/** Whether the dissector finds every field that the octets' own header promises. */
function isWholeMessage(octets: Uint8Array): boolean {
  if (octets.length < HEADER_SIZE) return false
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const name = messageNameOf(view.getUint16(8))
  return octets.length >= Math.max(view.getUint16(0), name === undefined ? HEADER_SIZE : sizeOf(name))
}

/** Why a dissector would read past the end of a GRE packet; undefined when it would not. */
export function undissectable(packet: DecodedGre, octets: Uint8Array): string | undefined {
  if (packet.kind === 'unrecognized-gre') {
    const first = ((octets[0] ?? 0) << 8) | (octets[1] ?? 0)
    const another = (first & 0xc000) !== 0
    const header = 4 + 4 * [0x2000, 0x1000, 0x0080].filter((bit) => (first & bit) !== 0).length
    return another || octets.length < header ? `not shown as GRE: ${packet.reason}` : undefined
  }
  const { payload } = packet
  if (packet.protocolType !== GRE_PROTOCOL_PPP || packet.sequencePresent === 0) return undefined
  // The dissector takes everything after the header for PPP, whatever Payload Length says.
  return payload.length + packet.trailing.length >= smallestPpp(payload)
    ? undefined
    : `not shown as GRE: ${payload.length} octets are fewer than a PPP frame has`
}

/** The least octets of a PPP frame that begins like this payload. */
function smallestPpp(payload: Uint8Array): number {
  const start = payload[0] === 0xff ? 2 : 0
  // Protocol field compression: an odd first octet is the whole field.
  const compressed = ((payload[start] ?? 0) & 1) === 1
  if (compressed) return start + 1
  // 0x8000 and above are control protocols: Code, Identifier, Length follow.
  return start + 2 + ((payload[start] ?? 0) >= 0x80 ? 4 : 0)
}
