import { Inconclusive } from '../../harness/scenario/judge.ts'
import { describeObservation, receivedAs } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'call-clear/tunnel-ends',
    purpose: "After Call-Clear-Request has been dealt with the call's tunnel is dead.",
    decides: ['3.2.4.1/tunnel-ends'],
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
    // Whether the call ended as it should is decided elsewhere; here it only has to have ended.
    const end = await control.next()
    if (end.kind !== 'closed' && receivedAs(end, 'Call-Disconnect-Notify') === undefined)
      throw new Inconclusive(`the call was not cleared: ${describeObservation(end)}`)
    const alive = await answersConfigure(t, tunnel, 500)
    t.decide('3.2.4.1/tunnel-ends', {
      ok: !alive,
      expected: 'no answer in the tunnel any more',
      seen: alive
        ? 'the PPP peer still answers LCP Configure-Request'
        : 'LCP Configure-Request draws no answer',
    })
  },
)
