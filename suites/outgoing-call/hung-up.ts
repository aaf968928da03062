import { type Evidence, factOf, is, observed, scenario, shownBy } from '../kit.ts'
import { answersStop, expectClear, hangUpLive, staysSilent } from '../steps/originator.ts'
import { request } from '../steps/tunnel-watch.ts'

export default scenario(
  {
    id: 'outgoing-call/hung-up',
    purpose:
      'When the user hangs up, the originator sends Call-Clear-Request and waits for Call-Disconnect-Notify, which ends the call.',
    decides: [
      '3.2.4.2/established-clears',
      '2.12/call-id',
      '3.2.4.2/wait-disconnect',
      '3.2.4.2/wait-disconnect-notified',
    ],
    provenBy: [
      'clear-request-missing',
      'clears-with-notify',
      'clear-request-wrong-call-id',
      'clear-request-unawaited',
      'disconnect-notify-ignored',
    ],
    iut: 'originator',
    needs: ['hang-up', 'ppp'],
  },
  async (t) => {
    const { dial, control, call } = await t.acceptCall()
    const answered = await hangUpLive(t, dial, call.tunnel)
    const clear = await expectClear(t, control, '3.2.4.2/established-clears')
    t.field('2.12/call-id', clear, 'callId', call.request.message.callId)
    const meanwhile = await control.next(t.timers.reply)
    // The end of the connection ends its calls, so no notification is due.
    if (answersStop(control, meanwhile)) return
    t.check('3.2.4.2/wait-disconnect', shownBy(observed(meanwhile), clear.entry), AWAITS_NOTIFY)
    if (meanwhile.kind === 'closed') return
    control.send('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 4 })
    // GRE may overtake TCP: an Echo-Reply shows that the IUT has read the notification. The IUT,
    // which has no call left, may also stop the connection.
    await control.isAlive()
    const identifier = t.unique() & 0xff
    call.tunnel.send(request(identifier))
    await t.clock.sleep(t.timers.reply)
    t.check('3.2.4.2/wait-disconnect-notified', answerTo(identifier, answered), NO_ANSWER)
  },
)

const AWAITS_NOTIFY = staysSilent(
  'nothing after Call-Clear-Request, and an open connection, until Call-Disconnect-Notify comes',
)
const NO_ANSWER = is<boolean>(
  'LCP Configure-Request draws no answer once the call has ended',
  (answers) => !answers,
)

/** Whether a Configure-Request was among those answered. */
function answerTo(identifier: number, answered: ReadonlySet<number>): Evidence<boolean> {
  return factOf(
    answered.has(identifier),
    'the PPP peer still answers LCP Configure-Request',
    'LCP Configure-Request draws no answer',
  )
}
