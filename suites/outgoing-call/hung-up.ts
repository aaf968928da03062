import { type Evidence, factOf, is, observed, scenario, shownBy } from '../kit.ts'
import { answersStop, expectClear, hangUpLive, staysSilent } from '../steps/originator.ts'
import { request } from '../steps/tunnel-watch.ts'

export default scenario(
  {
    id: 'outgoing-call/hung-up',
    purpose:
      'When its user hangs up it sends Call-Clear-Request, waits for Call-Disconnect-Notify, and has no call then.',
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
    // With the connection ends every call on it: no notification is due.
    if (answersStop(control, meanwhile)) return
    t.check('3.2.4.2/wait-disconnect', shownBy(observed(meanwhile), clear.entry), AWAITS_NOTIFY)
    if (meanwhile.kind === 'closed') return
    control.send('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 4 })
    const identifier = t.unique() & 0xff
    call.tunnel.send(request(identifier))
    // Having no call left it may stop the connection.
    await control.next(t.timers.reply)
    t.check('3.2.4.2/wait-disconnect-notified', answerTo(identifier, answered), NO_ANSWER)
  },
)

const AWAITS_NOTIFY = staysSilent('nothing more, and an open connection, until Call-Disconnect-Notify comes')
const NO_ANSWER = is<boolean>('no answer in the tunnel any more', (answers) => !answers)

/** Whether a Configure-Request was among those answered. */
function answerTo(identifier: number, answered: ReadonlySet<number>): Evidence<boolean> {
  return factOf(
    answered.has(identifier),
    'the PPP peer still answers LCP Configure-Request',
    'LCP Configure-Request draws no answer',
  )
}
