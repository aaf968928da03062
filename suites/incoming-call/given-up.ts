import { absent, scenario } from '../kit.ts'
import { dataIn, offerCall, sendConnected, signOfLife } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/given-up',
    purpose:
      'Call-Disconnect-Notify before Incoming-Call-Connected ends the call, which can no longer be connected.',
    decides: ['3.2.3.2/wait-connect-notified'],
    provenBy: ['disconnect-notify-ignored'],
    iut: 'both',
    needs: { recipient: ['incoming-calls', 'ppp'], originator: ['incoming-calls', 'ppp', 'two-calls'] },
  },
  async (t) => {
    const control = await t.establish()
    const { reply, tunnel } = await offerCall(t, control)
    control.send('Call-Disconnect-Notify', { callId: tunnel.callId, resultCode: 1 })
    sendConnected(control, tunnel)
    const sign = dataIn(await signOfLife(t, tunnel), reply.entry)
    const nothing = absent(
      'no data in the tunnel: Call-Disconnect-Notify came before Incoming-Call-Connected',
    )
    t.check('3.2.3.2/wait-connect-notified', sign, nothing)
  },
)
