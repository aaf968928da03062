import { describeObservation, entryOf, scenario } from '../kit.ts'
import { firstData } from '../steps/lcp.ts'
import { answersStop, expectClear, humour } from '../steps/originator.ts'
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
    await firstData(t, call.tunnel)
    const answered = humour(call.tunnel)
    await dial.hangUp()
    const clear = await expectClear(t, control, '3.2.4.2/established-clears')
    t.field('2.12/call-id', clear, 'callId', call.request.message.callId)
    const meanwhile = await control.next(t.timers.reply)
    // With the connection ends every call on it: no notification is due.
    if (answersStop(control, meanwhile)) return
    t.decide('3.2.4.2/wait-disconnect', {
      ok: meanwhile.kind === 'silence',
      expected: 'nothing more, and an open connection, until Call-Disconnect-Notify comes',
      seen: describeObservation(meanwhile),
      entry: entryOf(meanwhile) ?? clear.entry,
    })
    if (meanwhile.kind === 'closed') return
    control.send('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 4 })
    const identifier = t.unique() & 0xff
    call.tunnel.send(request(identifier))
    // Having no call left it may stop the connection.
    await control.next(t.timers.reply)
    t.decide('3.2.4.2/wait-disconnect-notified', {
      ok: !answered.has(identifier),
      expected: 'no answer in the tunnel any more',
      seen: answered.has(identifier)
        ? 'the PPP peer still answers LCP Configure-Request'
        : 'LCP Configure-Request draws no answer',
    })
  },
)
