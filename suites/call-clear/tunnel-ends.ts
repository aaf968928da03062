import { Inconclusive } from '../../harness/scenario/judge.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'call-clear/tunnel-ends',
    purpose: "After the Call-Disconnect-Notify the call's tunnel is dead.",
    decides: ['2.13/tunnel-ends'],
    provenBy: ['clear-keeps-tunnel'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    if (!(await answersConfigure(t, tunnel)))
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    control.send('Call-Clear-Request', { callId: tunnel.callId })
    await control.await('Call-Disconnect-Notify')
    const alive = await answersConfigure(t, tunnel, 500)
    t.decide('2.13/tunnel-ends', {
      ok: !alive,
      expected: 'no answer in the tunnel any more',
      seen: alive
        ? 'the PPP peer still answers LCP Configure-Request'
        : 'LCP Configure-Request draws no answer',
    })
  },
)
