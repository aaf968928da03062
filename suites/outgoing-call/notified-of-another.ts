import { describeObservation, scenario } from '../kit.ts'
import { answeringPeer, answersConfigure } from '../steps/lcp.ts'
import { answersStop, endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/notified-of-another',
    purpose:
      'Call-Disconnect-Notify with another Call ID than the one that the PAC assigned, be it the one of the PNS, does not end the call.',
    decides: ['2.13/call-id-matched'],
    provenBy: ['disconnect-notify-any-call', 'disconnect-notify-by-own-call-id'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
    vary: { callId: { 'of-the-pns': 'of the PNS', unknown: 'unknown' } },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await answeringPeer(t, call.tunnel)
    const { callId: ours } = call.reply
    const theirs = call.request.message.callId
    const callId = t.vary.callId === 'of the PNS' ? theirs : ours ^ 0x0100
    control.send('Call-Disconnect-Notify', { callId, resultCode: 1 })
    control.send('Echo-Request', { identifier: t.unique() })
    const after = await control.next(t.timers.reply)
    answersStop(control, after)
    const alive = await answersConfigure(t, call.tunnel, t.timers.reply)
    t.decide('2.13/call-id-matched', {
      ok: alive,
      expected: `the call lives: we assigned Call ID ${ours} to it, and ${callId} was over`,
      seen: `LCP Configure-Request is ${alive ? 'answered' : 'not answered any more'}; on the control connection: ${describeObservation(after)}`,
      entry: call.announcedBy,
      // Over a message that names no call of its it may close the connection.
      ...(endsConnection(after) ? { otherwise: 'warn' as const } : {}),
    })
  },
)
