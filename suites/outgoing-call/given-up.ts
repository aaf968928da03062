import { scenario } from '../kit.ts'
import { describeSign } from '../steps/incoming.ts'
import { expectClear } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/given-up',
    purpose:
      'When its user hangs up before the reply it sends Call-Clear-Request, and a reply that comes late does not connect the call.',
    decides: ['3.2.4.2/wait-reply-aborted', '2.12/call-id'],
    provenBy: ['clear-request-missing', 'clears-with-notify', 'clear-request-wrong-call-id'],
    iut: 'originator',
    needs: ['hang-up'],
  },
  async (t) => {
    const { dial, control } = await t.accept()
    const tunnels = await t.openTunnel()
    const asked = await control.await('Outgoing-Call-Request', t.timers.request)
    await dial.hangUp()
    const clear = await expectClear(t, control, '3.2.4.2/wait-reply-aborted')
    t.field('2.12/call-id', clear, 'callId', asked.message.callId)
    const reply = t.callReply(asked)
    control.send('Outgoing-Call-Reply', reply)
    const data = await tunnels.end(reply.callId, asked.message.callId).nextData(t.timers.reply)
    t.decide('3.2.4.2/wait-reply-aborted', {
      ok: data === undefined,
      expected: 'no data: the call was cleared before it was connected',
      seen: describeSign(data),
      entry: data?.entry ?? clear.entry,
    })
  },
)
