import { absent, holds, scenario, tolerating } from '../kit.ts'
import { dataIn } from '../steps/incoming.ts'
import { callAsked, pppIn, sendCallReply } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/reply-for-another',
    purpose:
      "A call reply with the wrong Peer's Call ID does not connect the call; the right reply after it does.",
    decides: ['2.8/peers-call-id-matched'],
    provenBy: ['call-reply-any-call', 'hangs-on-unexpected'],
    iut: 'originator',
    needs: ['ppp'],
  },
  async (t) => {
    const asked = await callAsked(t)
    const { control, request } = asked
    const own = request.message.callId
    const others = own ^ 0x0100
    const stray = sendCallReply(asked, t.callReply(request, { peersCallId: others }))
    const data = await stray.nextData(t.timers.reply)
    const none = absent(`no data in the tunnel: the call has Call ID ${own}, and the reply was for ${others}`)
    t.check('2.8/peers-call-id-matched', dataIn(data, request.entry), none)
    if (data !== undefined) return
    const ppp = await pppIn(t, sendCallReply(asked, t.callReply(request)), request.entry)
    const alive = await control.isAlive()
    // Closing the connection over a reply that names no call is only a warning.
    const connects = tolerating(holds('PPP in the tunnel after the right reply'), () => !alive)
    t.check('2.8/peers-call-id-matched', ppp, connects)
  },
)
