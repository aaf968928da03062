import { adding, describeObservation, holds, scenario, shownBy, tolerating } from '../kit.ts'
import { awaitAnsweringPeer, lcpAnswers } from '../steps/lcp.ts'
import { answersStop, endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/notified-of-another',
    purpose:
      'A Call-Disconnect-Notify with a Call ID other than the one that the PAC assigned, even with that of the PNS, does not end the call.',
    decides: ['2.13/call-id-matched'],
    provenBy: ['disconnect-notify-any-call', 'disconnect-notify-by-own-call-id'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
    vary: { callId: ['of-the-pns', 'unknown'] },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await awaitAnsweringPeer(t, call.tunnel)
    const { callId: ours } = call.reply
    const callId = t.vary.callId === 'of-the-pns' ? call.request.message.callId : ours ^ 0x0100
    control.send('Call-Disconnect-Notify', { callId, resultCode: 1 })
    control.send('Echo-Request', { identifier: t.unique() })
    const after = await control.next(t.timers.reply)
    answersStop(control, after)
    const answers = shownBy(await lcpAnswers(t, call.tunnel, t.timers.reply), call.announcedBy)
    const seenBesides = `; on the control connection: ${describeObservation(after)}`
    const lives = holds(
      `LCP Configure-Request is answered: the call has Call ID ${ours}, Call-Disconnect-Notify named ${callId}`,
    )
    // The IUT may close the connection over a message that names no call.
    const tolerant = tolerating(lives, () => endsConnection(after))
    t.check('2.13/call-id-matched', adding(answers, seenBesides), tolerant)
  },
)
