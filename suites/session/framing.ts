import {
  decodeOptions,
  encodeFrame,
  IcmpType,
  Inconclusive,
  LcpOption,
  PacketCode,
  PppProtocolNumber,
  type ReceivedDatagram,
  scenario,
} from '../kit.ts'
import { pingBetween, placeSession, type SeenPacket } from '../steps/sessions.ts'

const FORMS = {
  full: { addressAndControl: true, protocolSize: 2 },
  'without-address-and-control': { addressAndControl: false, protocolSize: 2 },
  'short-protocol': { addressAndControl: true, protocolSize: 1 },
  shortest: { addressAndControl: false, protocolSize: 1 },
} as const

const TRIES = 50

export default scenario(
  {
    id: 'session/framing',
    purpose: 'A datagram is understood in each form of its frame that was agreed on, and in full.',
    decides: ['4/address-and-control', 'rfc1661-6.5/both-forms', 'rfc1661-6.6/both-forms'],
    provenBy: [
      'ppp-wants-address-and-control',
      'ppp-refuses-address-and-control',
      'ppp-wants-whole-protocol',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
    vary: { frame: FORMS },
  },
  async (t) => {
    const { addressAndControl, protocolSize } = t.vary.frame
    const { wire, session } = await placeSession(t, { encryption: 'none' })
    const ping = pingBetween(await session.open())
    const offered = offers(wire.packets(PppProtocolNumber.lcp))
    if (!addressAndControl && !offered.includes(LcpOption.addressControlFieldCompression))
      throw new Inconclusive('it did not offer to take frames without FF 03')
    if (protocolSize === 1 && !offered.includes(LcpOption.protocolFieldCompression))
      throw new Inconclusive('it did not offer to take protocol numbers of one octet')
    let answer: ReceivedDatagram | undefined
    // More than once: the network behind PPP may come up a little later.
    for (let tries = 0; answer === undefined && tries < TRIES; tries++) {
      wire.tunnel.send(encodeFrame(PppProtocolNumber.ipv4, ping, t.vary.frame))
      answer = await session.nextDatagram(t.timers.tunnel / TRIES)
    }
    t.decide(
      [
        '4/address-and-control',
        ...(protocolSize === 1 || addressAndControl ? (['rfc1661-6.5/both-forms'] as const) : []),
        ...(!addressAndControl || protocolSize === 2 ? (['rfc1661-6.6/both-forms'] as const) : []),
      ],
      {
        ok: answer?.icmp?.type === IcmpType.echoReply,
        expected: `an answer to a ping ${addressAndControl ? 'with' : 'without'} FF 03, protocol number in ${protocolSize} octets`,
        seen: answer === undefined ? 'none' : 'it',
        entry: answer?.entry,
      },
    )
  },
)

/** Types of the options that its last Configure-Request asks for. */
function offers(packets: readonly SeenPacket[]): readonly number[] {
  const requests = packets.filter(({ packet }) => packet.code === PacketCode.configureRequest)
  return (decodeOptions(requests.at(-1)?.packet.data ?? new Uint8Array(0)) ?? []).map(({ type }) => type)
}
