import { scenario } from '../kit.ts'
import { describeSign, offerCall, sendConnected, signOfLife } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/given-up',
    purpose:
      'Call-Disconnect-Notify before Incoming-Call-Connected ends the call: it cannot be connected any more.',
    decides: ['3.2.3.2/wait-connect-notified'],
    provenBy: ['disconnect-notify-ignored'],
    iut: 'both',
    needs: ['incoming-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { reply, tunnel } = await offerCall(t, control)
    control.send('Call-Disconnect-Notify', { callId: tunnel.callId, resultCode: 1 })
    sendConnected(control, tunnel)
    const sign = await signOfLife(t, tunnel)
    t.decide('3.2.3.2/wait-connect-notified', {
      ok: sign === undefined,
      expected: 'no data: the call was given up before it was connected',
      seen: describeSign(sign),
      entry: sign?.entry ?? reply.entry,
    })
  },
)
