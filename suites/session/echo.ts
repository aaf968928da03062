import {
  adding,
  decodeOptions,
  evidence,
  factOf,
  holds,
  is,
  LcpOption,
  PacketCode,
  PppProtocolNumber,
  present,
  sameOctets,
  scenario,
  shownBy,
  toHex,
} from '../kit.ts'
import { onlyMode, packetIn, packetsOf, placeSession, reachNetwork, type Wire } from '../steps/sessions.ts'

const { lcp } = PppProtocolNumber
const ECHO_REPLY = { protocol: lcp, code: PacketCode.echoReply, name: 'LCP Echo-Reply' }
const CONFIGURE_REQUEST = { protocol: lcp, code: PacketCode.configureRequest }

export default scenario(
  {
    id: 'session/echo',
    purpose: 'In an encrypted session, LCP Echo-Requests are answered, and the replies are not encrypted.',
    decides: [
      'rfc1661-5.8/echo-reply',
      'rfc1661-5.8/identifier',
      'rfc1661-5.8/magic-number',
      'rfc3078-3/others-in-the-clear',
    ],
    provenBy: [
      'lcp-no-echo-reply',
      'lcp-echo-wrong-identifier',
      'lcp-echo-wrong-magic',
      'mppe-encrypts-everything',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2', 'mppe-128'],
    profile: 'encrypted',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { encryption: onlyMode(128, true) })
    await reachNetwork(session)
    const before = wire.encrypted().length
    const matched = await session.echo()
    const reply = packetIn(wire, ECHO_REPLY)
    const [hidden] = wire.encrypted().slice(before)
    t.check('rfc1661-5.8/echo-reply', reply, present('LCP Echo-Reply'))
    const clear = shownBy(
      adding(reply, hidden === undefined ? '' : ', and an encrypted packet'),
      hidden?.entry,
    )
    if (clear.entry !== undefined)
      t.check('rfc3078-3/others-in-the-clear', clear, present('LCP Echo-Reply in the clear'))
    if (reply.value === undefined) return
    const { packet, entry } = reply.value
    const another = `Identifier ${packet.identifier}, not the Identifier of the Echo-Request`
    const identifier = factOf(matched !== undefined, `Identifier ${packet.identifier}`, another, entry)
    t.check('rfc1661-5.8/identifier', identifier, holds("the Echo-Request's Identifier in the Echo-Reply"))
    const magic = packet.data.subarray(0, 4)
    t.check('rfc1661-5.8/magic-number', evidence(magic, `Magic-Number ${toHex(magic)}`, entry), itsOwn(wire))
  },
)

/** Expects the Magic-Number of the IUT's last Configure-Request; 0 if that request has none. */
function itsOwn(wire: Wire) {
  const requested = packetsOf(wire, CONFIGURE_REQUEST).at(-1)?.packet.data ?? new Uint8Array(0)
  const option = decodeOptions(requested)?.find(({ type }) => type === LcpOption.magicNumber)
  const magic = option?.data ?? new Uint8Array(4)
  const expected = `Magic-Number ${toHex(magic)}, as in the implementation's Configure-Request`
  return is<Uint8Array>(expected, (seen) => sameOctets(seen, magic))
}
