import { type Control, type EitherTester, Inconclusive, scenario, type TunnelEnd } from '../kit.ts'
import { offerCall, sendConnected } from '../steps/incoming.ts'
import { comesToAnswer, firstData, lcpAnswers, STILL_CARRIES_PPP } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'wan-error/accepted',
    purpose:
      'WAN-Error-Notify about a call of a PNS draws no answer and disturbs neither the call nor the control connection.',
    decides: ['2.14/accepted'],
    provenBy: ['wan-error-closes'],
    iut: 'both',
    needs: { recipient: ['incoming-calls', 'ppp'], originator: ['ppp'] },
  },
  async (t) => {
    const control = await t.establish()
    const tunnel = await callOfPns(t, control)
    if (!(await comesToAnswer(t, tunnel)))
      throw new Inconclusive('the PPP peer of the call answered no Configure-Request')
    control.send('WAN-Error-Notify', { peersCallId: tunnel.peersCallId, crcErrors: 1 })
    await control.expectNothing(
      '2.14/accepted',
      'no answer to WAN-Error-Notify, only to the Echo-Request after it',
    )
    t.check('2.14/accepted', await lcpAnswers(t, tunnel), STILL_CARRIES_PPP)
  },
)

/**
 * Preamble: a call in which the IUT is the PNS. An originator requested it; a recipient accepted it
 * as an incoming call.
 * @throws Inconclusive.
 */
async function callOfPns<R extends string>(t: EitherTester<R>, control: Control<R>): Promise<TunnelEnd> {
  if (t.iut === 'originator') {
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    return tunnel
  }
  const { tunnel } = await offerCall(t, control)
  sendConnected(control, tunnel)
  return tunnel
}
