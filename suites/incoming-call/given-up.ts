import { absent, scenario } from '../kit.ts'
import { dataIn, offerCall, sendConnected, signOfLife } from '../steps/incoming.ts'

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
    const sign = dataIn(await signOfLife(t, tunnel), reply.entry)
    const nothing = absent('no data: the call was given up before it was connected')
    t.check('3.2.3.2/wait-connect-notified', sign, nothing)
  },
)
