import { scenario } from '../kit.ts'
import { carriesPpp, describeCarrying } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/reply-for-another',
    purpose: "A reply with another Peer's Call ID does not connect the call, and its own still does.",
    decides: ['2.8/peers-call-id-matched'],
    provenBy: ['call-reply-any-call', 'hangs-on-unexpected'],
    iut: 'originator',
    needs: ['ppp'],
  },
  async (t) => {
    const { control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const own = request.message.callId
    const stray = t.callReply(request, { peersCallId: own ^ 0x0100 })
    control.send('Outgoing-Call-Reply', stray)
    const data = await tunnels.end(stray.callId, own).nextData(t.timers.reply)
    t.decide('2.8/peers-call-id-matched', {
      ok: data === undefined,
      expected: `no data: Call ID ${own} waits for its reply, and the one that came was for ${own ^ 0x0100}`,
      seen: data === undefined ? 'no data' : 'data in the tunnel',
      entry: data?.entry ?? request.entry,
    })
    if (data !== undefined) return
    const reply = t.callReply(request)
    control.send('Outgoing-Call-Reply', reply)
    const carries = await carriesPpp(t, tunnels.end(reply.callId, own))
    t.decide('2.8/peers-call-id-matched', {
      ok: carries,
      expected: 'PPP in the tunnel after the right reply',
      seen: describeCarrying(carries),
      entry: request.entry,
      // To close the connection over a reply to nothing is permitted, if harsh (interpretation
      //
      ...((await control.isAlive()) ? {} : { otherwise: 'warn' }),
    })
  },
)
