import { absent, scenario } from '../kit.ts'
import { dataIn } from '../steps/incoming.ts'
import { callAsked, expectClear, sendCallReply } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/given-up',
    purpose:
      'When the user hangs up before Outgoing-Call-Reply, the originator sends Call-Clear-Request, and a later reply does not connect the call.',
    decides: ['3.2.4.2/wait-reply-aborted', '2.12/call-id'],
    provenBy: ['clear-request-missing', 'clears-with-notify', 'clear-request-wrong-call-id'],
    iut: 'originator',
    needs: ['hang-up'],
  },
  async (t) => {
    const asked = await callAsked(t)
    await asked.dial.hangUp()
    const clear = await expectClear(t, asked.control, '3.2.4.2/wait-reply-aborted')
    t.field('2.12/call-id', clear, 'callId', asked.request.message.callId)
    const tunnel = sendCallReply(asked, t.callReply(asked.request))
    t.check(
      '3.2.4.2/wait-reply-aborted',
      dataIn(await tunnel.nextData(t.timers.reply), clear.entry),
      absent('no data in the tunnel: the call was cleared before the reply'),
    )
  },
)
