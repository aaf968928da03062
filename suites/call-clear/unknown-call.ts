import { GeneralError } from '../../harness/protocol/messages.ts'
import { reaction } from '../../harness/scenario/control.ts'
import { entryOf } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { answersConfigure, firstData } from '../lcp.ts'

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
        'it answers Call-Disconnect-Notify with Bad-Call ID',
      ),
      reaction.closes('warn'),
    ])
    const alive = observation.kind !== 'closed' && (await answersConfigure(t, tunnel))
    t.decide('2.12/unknown-call', {
      ok: alive,
      expected: 'the live call still carries PPP',
      seen: alive
        ? 'LCP Configure-Request is answered'
        : 'the call ended with the connection, or does not answer any more',
      entry: entryOf(observation),
    })
  },
)
