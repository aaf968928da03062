import { PacketCode, scenario } from '../kit.ts'
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
    let data = await spokenTo(t, call.tunnel)
    // Who waited to be spoken to may answer before it asks.
    if (data !== undefined && isAnswer(lcpOf(data)))
      data = (await call.tunnel.nextData(t.timers.tunnel)) ?? data
    const packet = data === undefined ? undefined : lcpOf(data)
    t.decide(['3.2.4.2/wait-reply-success', '2.8/result-connected'], {
      ok: packet?.code === PacketCode.configureRequest,
      expected: 'LCP Configure-Request in the tunnel',
      seen:
        data === undefined
          ? 'no data, nor any answer to a Configure-Request'
          : packet === undefined
            ? `${data.packet.payload.length} octets that are no LCP packet`
            : `LCP with code ${packet.code}`,
      entry: data?.entry,
    })
  },
)
