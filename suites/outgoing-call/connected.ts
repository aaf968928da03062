import {
  type Evidence,
  equalTo,
  evidence,
  PacketCode,
  type ReceivedGre,
  scenario,
  type Tester,
  type TunnelEnd,
} from '../kit.ts'
import { isAnswer, lcpOf, spokenTo } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/connected',
    purpose: 'Its call is connected: PPP begins, in enhanced GRE with the Call ID that we assigned.',
    decides: ['3.2.4.2/wait-reply-success', '2.8/result-connected'],
    provenBy: ['lcp-no-request', 'gre-wrong-call-id'],
    iut: 'originator',
    needs: ['ppp'],
  },
  async (t) => {
    const { call } = await t.acceptCall()
    t.check(
      ['3.2.4.2/wait-reply-success', '2.8/result-connected'],
      lcpCodeIn(await ownPacket(t, call.tunnel)),
      equalTo(PacketCode.configureRequest, 'LCP Configure-Request in the tunnel'),
    )
  },
)

/** The first packet that the PPP peer does not send to answer us; if there is none, its answer. */
async function ownPacket(t: Tester<string>, tunnel: TunnelEnd): Promise<ReceivedGre | undefined> {
  const first = await spokenTo(t, tunnel)
  // Who waited to be spoken to may answer before it asks.
  if (first === undefined || !isAnswer(lcpOf(first))) return first
  return (await tunnel.nextData(t.timers.tunnel)) ?? first
}

/** The code of the LCP packet that came. */
function lcpCodeIn(data: ReceivedGre | undefined): Evidence<number | undefined> {
  if (data === undefined) return evidence(undefined, 'no data, nor any answer to a Configure-Request')
  const code = lcpOf(data)?.code
  const length = data.packet.payload.length
  return evidence(
    code,
    code === undefined ? `${length} octets that are no LCP packet` : `LCP packet with code ${code}`,
    data.entry,
  )
}
