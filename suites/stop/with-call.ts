import { holds, isMessage, observed, scenario } from '../kit.ts'
import { awaitAnsweringPeer, tunnelSilence } from '../steps/lcp.ts'

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
    await awaitAnsweringPeer(t, tunnel)
    control.send('Stop-Control-Connection-Request', { reason: 1 })
    // Before that the call may be ended by message: by the PAC's Call-Disconnect-Notify, the PNS's
    // Call-Clear-Request.
    await control.passOver(t.iut === 'originator' ? 'Call-Clear-Request' : 'Call-Disconnect-Notify')
    const answer = observed(await control.next())
    t.check('2.4/sent-in-reply', answer, isMessage('Stop-Control-Connection-Reply'))
    await control.next(t.timers.close)
    const silence = await tunnelSilence(t, tunnel, t.timers.close)
    t.check('2.3/calls-cleared', silence, holds('no answer in the tunnel any more'))
  },
)
