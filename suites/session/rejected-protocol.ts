import {
  absent,
  arrivalOf,
  Inconclusive,
  PacketCode,
  PppProtocolNumber,
  type PppStep,
  scenario,
  shownBy,
} from '../kit.ts'
import { gettingSomewhere, placeSession, RESTART_TIMER } from '../steps/sessions.ts'

const { ipcp, lcp } = PppProtocolNumber

/** Drops all IPCP packets of our PPP peer. */
const withoutIpcp = ({ protocol, actions }: PppStep) => (protocol === ipcp ? [] : actions)

export default scenario(
  {
    id: 'session/rejected-protocol',
    purpose: 'An implementation sends no IPCP packet after its peer has rejected IPCP.',
    decides: ['rfc1661-5.7/stops-sending'],
    provenBy: ['ppp-ignores-protocol-reject'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { wire } = await placeSession(t, { encryption: 'none', peer: { onStep: withoutIpcp } })
    const first = await wire.next(({ protocol }) => protocol === ipcp, gettingSomewhere(t.timers))
    if (first === undefined) throw new Inconclusive('the implementation sent no IPCP packet')
    const data = Uint8Array.from([ipcp >> 8, ipcp & 0xff, ...first.information])
    wire.send(lcp, { code: PacketCode.protocolReject, identifier: t.unique() & 0xff, data })
    // An IUT that goes on with IPCP repeats its Configure-Request when its restart timer expires.
    const window = RESTART_TIMER + t.timers.reply
    const again = await wire.next(({ protocol }) => protocol === ipcp, window)
    const more = arrivalOf(again, 'another IPCP packet', 'no IPCP packet')
    const expected = absent(`no IPCP packet within ${window} ms of the Protocol-Reject`)
    t.check('rfc1661-5.7/stops-sending', shownBy(more, first.entry), expected)
  },
)
