import {
  ChapCode,
  evidence,
  factOf,
  holds,
  PacketCode,
  PppProtocolNumber,
  scenario,
  shownBy,
  toHex,
} from '../kit.ts'
import {
  allAnswered,
  isPacket,
  PATIENT,
  packetsOf,
  pingsThrough,
  placeSession,
  reachNetwork,
  type SeenPacket,
} from '../steps/sessions.ts'

const { chap, lcp } = PppProtocolNumber

export default scenario(
  {
    id: 'session/renegotiation',
    purpose:
      'A live session can be negotiated again from LCP on, with a new Challenge, and goes on after that.',
    decides: ['rfc1661-3.4/back-to-establishment', 'rfc1994-4.1/value-changed'],
    provenBy: {
      recipient: ['lcp-no-renegotiation', 'ppp-same-challenge'],
      originator: ['lcp-no-renegotiation'],
    },
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { wire, session } = await placeSession(t, { proves: ['ms-chap-v2'], encryption: 'none' })
    await reachNetwork(session)
    const asked = wire.next(isPacket(lcp, PacketCode.configureRequest), t.timers.tunnel)
    const identifier = t.unique() & 0xff
    wire.send(lcp, { code: PacketCode.configureRequest, identifier, data: new Uint8Array(0) })
    const again = await asked
    const pings =
      again === undefined ? NO_REQUEST : await pingsThrough(session, await session.opened(), PATIENT)
    t.check('rfc1661-3.4/back-to-establishment', shownBy(pings, again?.entry), allAnswered(ALL_AGAIN))
    const challenges = packetsOf(wire, { protocol: chap, code: ChapCode.challenge })
    const later = challenges.find(({ entry }) => again !== undefined && entry > again.entry)
    if (later === undefined) return
    const changed = challengeValue(later) !== challengeValue(challenges[0])
    const value = factOf(changed, 'another Value than the first', 'the same Value as the first', later.entry)
    t.check('rfc1994-4.1/value-changed', value, holds('a Challenge with another Value than the first'))
  },
)

const ALL_AGAIN =
  'an LCP Configure-Request in answer to ours, and a ping answered over the link that opens again'
const NO_REQUEST = evidence(undefined, 'no LCP Configure-Request')

/** Value of a Challenge in hexadecimal: the octets after its Value-Size. */
function challengeValue(challenge: SeenPacket | undefined): string {
  const data = challenge?.packet.data ?? new Uint8Array(0)
  return toHex(data.subarray(1, 1 + (data[0] ?? 0)))
}
