import { describeObservation, entryOf, Inconclusive, receivedAs, scenario } from '../kit.ts'
import { answersConfigure, fallsSilent, firstData } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'stop/with-call',
    purpose: 'Stopping the control connection ends its call: its tunnel is dead.',
    decides: ['2.4/sent-in-reply', '2.3/calls-cleared'],
    provenBy: ['stop-keeps-tunnel', 'stop-no-reply'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-29'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    if (!(await answersConfigure(t, tunnel)))
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    control.send('Stop-Control-Connection-Request', { reason: 1 })
    // Before that the call may be ended by message: by the PAC's Call-Disconnect-Notify, the PNS's
    // Call-Clear-Request.
    await control.passOver(t.iut === 'originator' ? 'Call-Clear-Request' : 'Call-Disconnect-Notify')
    const observation = await control.next()
    t.decide('2.4/sent-in-reply', {
      ok: receivedAs(observation, 'Stop-Control-Connection-Reply') !== undefined,
      expected: 'Stop-Control-Connection-Reply',
      seen: describeObservation(observation),
      entry: entryOf(observation),
    })
    await control.next(t.timers.close)
    const silent = await fallsSilent(t, tunnel, t.timers.close)
    t.decide('2.3/calls-cleared', {
      ok: silent,
      expected: 'no answer in the tunnel any more',
      seen: silent
        ? 'LCP Configure-Request draws no answer'
        : `the PPP peer still answers LCP Configure-Request after ${t.timers.close} ms`,
    })
  },
)
