import { type Evidence, entryOf, GeneralError, observed, reaction, scenario, shownBy } from '../kit.ts'
import { firstData, lcpAnswers, STILL_CARRIES_PPP } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'call-clear/unknown-call',
    purpose:
      'Call-Clear-Request for a Call ID that was never used leaves the live call and the connection alone.',
    decides: ['2.12/unknown-call'],
    provenBy: ['clear-unknown-kills-calls', 'clear-unknown-closes'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    const fence = t.unique()
    control.send('Call-Clear-Request', { callId: tunnel.callId ^ 0x5555 })
    control.send('Echo-Request', { identifier: fence })
    const observation = await control.expectOneOf('2.12/unknown-call', [
      reaction.ignores(fence),
      reaction.answers(
        'Call-Disconnect-Notify',
        (notify) => notify.resultCode === 2 && notify.errorCode === GeneralError.badCallId,
        'the implementation answers with Call-Disconnect-Notify, Result Code 2 and Error Code 5 (Bad-Call ID)',
      ),
      reaction.closes('warn'),
    ])
    const { kind } = observation
    const alive: Evidence<unknown> = kind === 'closed' ? observed(observation) : await lcpAnswers(t, tunnel)
    t.check('2.12/unknown-call', shownBy(alive, entryOf(observation)), STILL_CARRIES_PPP)
  },
)
