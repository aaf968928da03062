import { Inconclusive, is, scenario } from '../kit.ts'
import { offerCall, sendConnected } from '../steps/incoming.ts'
import { comesToAnswer, lcpAnswers } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'incoming-call/hung-up',
    purpose: 'Call-Disconnect-Notify ends an incoming call: PPP in its tunnel is no longer answered.',
    decides: ['3.2.3.2/established-notified'],
    provenBy: ['disconnect-notify-ignored'],
    iut: 'both',
    needs: { recipient: ['incoming-calls', 'ppp'], originator: ['incoming-calls', 'ppp', 'two-calls'] },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await offerCall(t, control)
    sendConnected(control, tunnel)
    if (!(await comesToAnswer(t, tunnel)))
      throw new Inconclusive('the PPP peer of the call answered no Configure-Request')
    control.send('Call-Disconnect-Notify', { callId: tunnel.callId, resultCode: 1 })
    // After the Echo-Reply the notification has been read. Whether a reply came does not matter
    // here.
    await control.isAlive()
    const answers = await lcpAnswers(t, tunnel, t.timers.reply)
    const dead = is<boolean>(
      'LCP Configure-Request draws no answer once the call has ended',
      (lives) => !lives,
    )
    t.check('3.2.3.2/established-notified', answers, dead)
  },
)
