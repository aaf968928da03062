import { Inconclusive } from '../../harness/scenario/judge.ts'
import { receivedAs } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, fallsSilent, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'call-clear/tunnel-ends',
    purpose: "After Call-Clear-Request has been dealt with the call's tunnel is dead.",
    decides: ['2.12/ends-call', '3.2.4.1/tunnel-ends'],
    provenBy: ['clear-keeps-tunnel', 'clear-ignored'],
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
    // Whether its end was notified as it should is decided elsewhere; here it only has to end.
    const end = await control.next()
    const notified = receivedAs(end, 'Call-Disconnect-Notify') !== undefined
    const silent = await fallsSilent(t, tunnel, t.timers.close)
    t.decide(notified ? ['2.12/ends-call', '3.2.4.1/tunnel-ends'] : '2.12/ends-call', {
      ok: silent,
      expected: 'no answer in the tunnel any more',
      seen: silent
        ? 'LCP Configure-Request draws no answer'
        : 'the PPP peer still answers LCP Configure-Request',
    })
  },
)
