import { TUNNEL_MTU } from '../../harness/protocol/gre.ts'
import { monitor } from '../catalogue.ts'

/** Whether a payload begins like async HDLC: a flag, or FF 03 with 03 escaped (RFC 1662). */
function beginsLikeHdlc(payload: Uint8Array): boolean {
  const [first, second, third] = payload
  return first === 0x7e || (first === 0xff && second === 0x7d && third === 0x23)
}

/** Whether a payload begins with a PPP protocol number; it ends in an odd octet (RFC 1661, 2). */
function beginsLikePpp(payload: Uint8Array): boolean {
  const at = payload[0] === 0xff && payload[1] === 0x03 ? 2 : 0
  const first = payload[at]
  if (first === undefined) return false
  return (first & 1) === 1 || ((payload[at + 1] ?? 0) & 1) === 1
}

export default monitor(
  {
    id: 'tunnel-payload',
    purpose: 'Payloads are PPP packets without media framing, of at most 1532 octets.',
    decides: ['4/no-media-framing', '4/no-flags', '4/no-escapes', '4.1/payload-is-ppp', '1.4/tunnel-mtu'],
    provenBy: ['gre-hdlc-framing', 'gre-fragment-header'],
  },
  ({ observe }) => ({
    packetSent({ packet, entry }) {
      if (packet.payload.length === 0) return
      const framed = beginsLikeHdlc(packet.payload)
      const first = `a first octet of 0x${(packet.payload[0] ?? 0).toString(16)}`
      observe('4/no-media-framing', {
        ok: !framed,
        expected: 'a PPP packet that begins neither with an HDLC flag (0x7E) nor with FF 03 escaped',
        seen: framed ? 'a payload that begins with an HDLC flag or with FF 03 escaped' : first,
        entry: entry.index,
      })
      observe('4/no-flags', {
        ok: packet.payload[0] !== 0x7e,
        expected: 'a payload that does not begin with an HDLC flag (0x7E)',
        seen: first,
        entry: entry.index,
      })
      // After any other first octet, 7D may be the protocol number or the data of a compressed
      // packet.
      const escaped = packet.payload[0] === 0x7d || (packet.payload[0] === 0xff && packet.payload[1] === 0x7d)
      observe('4/no-escapes', {
        ok: !escaped,
        expected: 'no HDLC escape (0x7D) where an address, a control or a protocol number belongs',
        seen: escaped ? 'an escape where an address, a control or a protocol number belongs' : first,
        entry: entry.index,
      })
      const ppp = beginsLikePpp(packet.payload)
      observe('4.1/payload-is-ppp', {
        ok: ppp,
        expected: 'a payload that begins with a PPP protocol number, with or without FF 03 before it',
        seen: ppp
          ? 'a payload that begins with a PPP protocol number'
          : `no PPP protocol number, but ${first}`,
        entry: entry.index,
      })
      observe('1.4/tunnel-mtu', {
        ok: packet.payloadLength <= TUNNEL_MTU,
        expected: `at most ${TUNNEL_MTU} octets of payload`,
        seen: `${packet.payloadLength} octets of payload`,
        entry: entry.index,
      })
    },
  }),
)
