import {
  arrivalOf,
  decodeOptions,
  encodeFrame,
  IcmpType,
  is,
  LcpOption,
  NotApplicable,
  PacketCode,
  PppProtocolNumber,
  type ReceivedDatagram,
  scenario,
  type Tester,
} from '../kit.ts'
import { type PlacedSession, packetsOf, pingBetween, placeSession, type Wire } from '../steps/sessions.ts'

const { ipv4, lcp } = PppProtocolNumber

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
    purpose:
      'A datagram is understood in the full form of its frame, and in each short form that was agreed on.',
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
    const placed = await placeSession(t, { encryption: 'none' })
    const ping = pingBetween(await placed.session.open())
    requireOffers(placed.wire, t.vary.frame)
    const answer = await answerTo(t, placed, encodeFrame(ipv4, ping, t.vary.frame))
    const form = `${addressAndControl ? 'with' : 'without'} Address and Control (FF 03) and with a Protocol of ${protocolSize === 1 ? 'one octet' : 'two octets'}`
    t.check(
      requirementsOf(t.vary.frame),
      arrivalOf(answer, 'an answer to the ping', 'no answer to the ping'),
      is(`an answer to a ping in a frame ${form}`, (datagram) => datagram?.icmp?.type === IcmpType.echoReply),
    )
  },
)

type Form = (typeof FORMS)[keyof typeof FORMS]

/** Returns what a form decides: Address and Control, and Protocol, have two forms each. */
function requirementsOf({ addressAndControl, protocolSize }: Form) {
  return [
    '4/address-and-control',
    ...(protocolSize === 1 || addressAndControl ? (['rfc1661-6.5/both-forms'] as const) : []),
    ...(!addressAndControl || protocolSize === 2 ? (['rfc1661-6.6/both-forms'] as const) : []),
  ] as const
}

/** @throws NotApplicable unless the IUT's last Configure-Request offers to take that form. */
function requireOffers(wire: Wire, { addressAndControl, protocolSize }: Form): void {
  const [request] = packetsOf(wire, { protocol: lcp, code: PacketCode.configureRequest }).slice(-1)
  const offered = (decodeOptions(request?.packet.data ?? new Uint8Array(0)) ?? []).map(({ type }) => type)
  if (!addressAndControl && !offered.includes(LcpOption.addressControlFieldCompression))
    throw new NotApplicable('the implementation did not offer to take frames without FF 03')
  if (protocolSize === 1 && !offered.includes(LcpOption.protocolFieldCompression))
    throw new NotApplicable('the implementation did not offer to take protocol numbers of one octet')
}

/**
 * Sends a frame past the session, at most `TRIES` times, until a datagram comes: the network behind
 * PPP may come up a little later than PPP.
 */
async function answerTo(
  t: Pick<Tester<string>, 'timers'>,
  { wire, session }: Pick<PlacedSession<string>, 'wire' | 'session'>,
  frame: Uint8Array,
): Promise<ReceivedDatagram | undefined> {
  let answer: ReceivedDatagram | undefined
  for (let tries = 0; answer === undefined && tries < TRIES; tries++) {
    wire.tunnel.send(frame)
    answer = await session.nextDatagram(t.timers.tunnel / TRIES)
  }
  return answer
}
