import { Inconclusive } from '../../harness/scenario/judge.ts'
import { scenario } from '../catalogue.ts'
import { offerCall, sendConnected } from '../incoming.ts'
import { answersConfigure } from '../lcp.ts'

export default scenario(
  {
    id: 'incoming-call/wan-error',
    purpose:
      'WAN-Error-Notify about a call draws no answer and disturbs neither the call nor the control connection.',
    decides: ['2.14/accepted'],
    provenBy: ['wan-error-closes'],
    iut: 'recipient',
    needs: ['incoming-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await offerCall(t, control)
    sendConnected(control, tunnel)
    if (!(await answersConfigure(t, tunnel)))
      throw new Inconclusive('the PPP peer of the call answered no Configure-Request')
    control.send('WAN-Error-Notify', { peersCallId: tunnel.peersCallId, crcErrors: 1 })
    await control.expectNothing('2.14/accepted', 'no answer to WAN-Error-Notify, and the connection in step')
    const alive = await answersConfigure(t, tunnel)
    t.decide('2.14/accepted', {
      ok: alive,
      expected: 'the call still carries PPP',
      seen: alive ? 'LCP Configure-Request is answered' : 'LCP Configure-Request is not answered any more',
    })
  },
)
