import { describeObservation, entryOf, receivedAs, scenario } from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'
import { describeCarrying, endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/replied-twice',
    purpose:
      'A second reply, with another Call ID, to the request for a call that is connected is passed over, or ends the connection: the call stays as it is.',
    decides: ['3/unexpected-message'],
    provenBy: ['second-call-reply-ends-call', 'hangs-on-unexpected'],
    iut: 'originator',
    needs: ['ppp'],
    vary: {
      second: {
        connected: { resultCode: 1, errorCode: 0 },
        refused: { resultCode: 2, errorCode: 4 },
      },
    },
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await firstData(t, call.tunnel)
    control.send('Outgoing-Call-Reply', t.callReply(call.request, t.vary.second))
    const fence = t.unique()
    control.send('Echo-Request', { identifier: fence })
    const reaction = await control.next()
    const alive = receivedAs(reaction, 'Echo-Reply')?.message.identifier === fence
    const carries = alive && (await answersConfigure(t, call.tunnel, t.timers.reply))
    const cleared = receivedAs(reaction, 'Call-Clear-Request') !== undefined
    t.decide('3/unexpected-message', {
      ok: carries || endsConnection(reaction),
      expected: 'PPP in the tunnel as before, or the end of the connection',
      seen: alive ? describeCarrying(carries) : describeObservation(reaction),
      entry: entryOf(reaction),
      // That ends the call in good order.
      ...(cleared ? { otherwise: 'warn' } : {}),
    })
  },
)
