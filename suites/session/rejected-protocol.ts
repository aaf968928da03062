import { Inconclusive, PacketCode, PppProtocolNumber, type PppStep, scenario } from '../kit.ts'
import { gettingSomewhere, placeSession, RESTART_TIMER } from '../steps/sessions.ts'

const { ipcp, lcp } = PppProtocolNumber

/** We speak no IPCP at all. */
const withoutIpcp = ({ protocol, actions }: PppStep) => (protocol === ipcp ? [] : actions)

export default scenario(
  {
    id: 'session/rejected-protocol',
    purpose: 'After we rejected IPCP, it sends no more of it.',
    decides: ['rfc1661-5.7/stops-sending'],
    provenBy: ['ppp-ignores-protocol-reject'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'open',
  },
  async (t) => {
    const { wire } = await placeSession(t, { encryption: 'none', peer: { onStep: withoutIpcp } })
    const first = await wire.next(({ protocol }) => protocol === ipcp, gettingSomewhere(t.timers))
    if (first === undefined) throw new Inconclusive('it sent no IPCP packet')
    wire.send(lcp, {
      code: PacketCode.protocolReject,
      identifier: t.unique() & 0xff,
      data: Uint8Array.from([ipcp >> 8, ipcp & 0xff, ...first.information]),
    })
    // Whoever goes on sends its Configure-Request again when the restart timer is over.
    const again = await wire.next(({ protocol }) => protocol === ipcp, RESTART_TIMER + t.timers.reply)
    t.decide('rfc1661-5.7/stops-sending', {
      ok: again === undefined,
      expected: 'no IPCP packet after Protocol-Reject',
      seen: again === undefined ? 'none' : 'another one',
      entry: again?.entry ?? first.entry,
    })
  },
)
