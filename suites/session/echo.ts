import {
  decodeOptions,
  LcpOption,
  type Option,
  PacketCode,
  PppProtocolNumber,
  sameOctets,
  scenario,
  toHex,
} from '../kit.ts'
import { onlyMode, placeSession, reachNetwork, type SeenPacket } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/echo',
    purpose: 'LCP Echo-Requests are answered in the middle of an encrypted session, and in the clear.',
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
    const lcp = wire.packets(PppProtocolNumber.lcp)
    const [reply] = lcp.filter(({ packet }) => packet.code === PacketCode.echoReply)
    const [hidden] = wire.encrypted().slice(before)
    t.decide('rfc1661-5.8/echo-reply', {
      ok: reply !== undefined,
      expected: 'LCP Echo-Reply',
      seen: reply === undefined ? 'none' : 'it',
      entry: reply?.entry,
    })
    if (reply !== undefined || hidden !== undefined)
      t.decide('rfc3078-3/others-in-the-clear', {
        ok: reply !== undefined,
        expected: 'LCP in the clear',
        seen: reply === undefined ? 'an encrypted packet instead' : 'it',
        entry: reply?.entry ?? hidden?.entry,
      })
    if (reply === undefined) return
    t.decide('rfc1661-5.8/identifier', {
      ok: matched !== undefined,
      expected: "the Echo-Request's Identifier in the Echo-Reply",
      seen: matched === undefined ? `${reply.packet.identifier}, which is another` : 'it',
      entry: reply.entry,
    })
    const magic = magicNumber(lcp)
    const seen = reply.packet.data.subarray(0, 4)
    t.decide('rfc1661-5.8/magic-number', {
      ok: sameOctets(seen, magic),
      expected: `Magic-Number ${toHex(magic)}, as in its Configure-Request`,
      seen: toHex(seen),
      entry: reply.entry,
    })
  },
)

/** The Magic-Number of the last Configure-Request; 0 where it has none. */
function magicNumber(packets: readonly SeenPacket[]): Uint8Array {
  const requests = packets.filter(({ packet }) => packet.code === PacketCode.configureRequest)
  const options: readonly Option[] = decodeOptions(requests.at(-1)?.packet.data ?? new Uint8Array(0)) ?? []
  return options.find(({ type }) => type === LcpOption.magicNumber)?.data ?? new Uint8Array(4)
}
