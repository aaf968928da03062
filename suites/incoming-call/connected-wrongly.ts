import { scenario } from '../kit.ts'
import { describeSign, offerCall, sendConnected, signOfLife } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/connected-wrongly',
    purpose: "Incoming-Call-Connected with another Peer's Call ID does not connect the call.",
    decides: ['2.11/peers-call-id-matched'],
    provenBy: ['incoming-connected-any-call'],
    iut: 'both',
    needs: ['incoming-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { reply, tunnel } = await offerCall(t, control)
    sendConnected(control, tunnel, { peersCallId: tunnel.peersCallId ^ 0x0100 })
    const sign = await signOfLife(t, tunnel)
    t.decide('2.11/peers-call-id-matched', {
      ok: sign === undefined,
      expected: `no data: the call has Call ID ${tunnel.peersCallId}, and ${tunnel.peersCallId ^ 0x0100} was connected`,
      seen: describeSign(sign),
      entry: sign?.entry ?? reply.entry,
    })
  },
)
