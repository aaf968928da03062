import { holds, isMessage, observed, scenario } from '../kit.ts'
import { awaitAnsweringPeer, tunnelSilence } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'stop/with-call',
    purpose: 'Stopping the control connection ends its call: PPP in the tunnel is no longer answered.',
    decides: ['2.4/sent-in-reply', '2.3/calls-cleared'],
    provenBy: ['stop-keeps-tunnel', 'stop-no-reply'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-29'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await awaitAnsweringPeer(t, tunnel)
    control.send('Stop-Control-Connection-Request', { reason: 1 })
    // A message may end the call first: Call-Disconnect-Notify of a PAC, Call-Clear-Request of a
    // PNS.
    await control.passOver(t.iut === 'originator' ? 'Call-Clear-Request' : 'Call-Disconnect-Notify')
    const answer = observed(await control.next())
    t.check('2.4/sent-in-reply', answer, isMessage('Stop-Control-Connection-Reply'))
    await control.next(t.timers.close)
    const silence = await tunnelSilence(t, tunnel, t.timers.close)
    t.check(
      '2.3/calls-cleared',
      silence,
      holds('LCP Configure-Request draws no answer once the call has ended'),
    )
  },
)
