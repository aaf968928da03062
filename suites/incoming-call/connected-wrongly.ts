import { absent, scenario } from '../kit.ts'
import { dataIn, offerCall, sendConnected, signOfLife } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/connected-wrongly',
    purpose: "Incoming-Call-Connected with another Peer's Call ID does not connect the call.",
    decides: ['2.11/peers-call-id-matched'],
    provenBy: ['incoming-connected-any-call'],
    iut: 'both',
    needs: { recipient: ['incoming-calls', 'ppp'], originator: ['incoming-calls', 'ppp', 'two-calls'] },
  },
  async (t) => {
    const control = await t.establish()
    const { reply, tunnel } = await offerCall(t, control)
    const others = tunnel.peersCallId ^ 0x0100
    sendConnected(control, tunnel, { peersCallId: others })
    const sign = dataIn(await signOfLife(t, tunnel), reply.entry)
    const expected = `no data in the tunnel: the call has Call ID ${tunnel.peersCallId}, and Incoming-Call-Connected named ${others}`
    t.check('2.11/peers-call-id-matched', sign, absent(expected))
  },
)
