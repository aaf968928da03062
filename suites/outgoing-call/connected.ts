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
    purpose:
      'Once its call is connected, the originator begins PPP, in enhanced GRE with the Call ID that the reply assigned.',
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
      equalTo(PacketCode.configureRequest, 'LCP packet with code 1 (Configure-Request)'),
    )
  },
)

/**
 * The first packet that the PPP peer sends of its own accord; if there is none, its answer to us.
 */
async function ownPacket(t: Tester<string>, tunnel: TunnelEnd): Promise<ReceivedGre | undefined> {
  const first = await spokenTo(t, tunnel)
  // A peer that waited for our Configure-Request may answer that before it sends its own.
  if (first === undefined || !isAnswer(lcpOf(first))) return first
  return (await tunnel.nextData(t.timers.tunnel)) ?? first
}

/** The code of the LCP packet that came. */
function lcpCodeIn(data: ReceivedGre | undefined): Evidence<number | undefined> {
  if (data === undefined) return evidence(undefined, 'no data, and no answer to a Configure-Request')
  const code = lcpOf(data)?.code
  const length = data.packet.payload.length
  return evidence(
    code,
    code === undefined ? `a packet that is not LCP (length ${length})` : `LCP packet with code ${code}`,
    data.entry,
  )
}
