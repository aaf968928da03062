import { holds, scenario } from '../kit.ts'
import { callAsked, pppIn, sendCallReply } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/reply-call-id',
    purpose: 'The PAC may assign any 16-bit Call ID, even the one that the PNS has assigned.',
    decides: ['2.8/call-id-any', '3.2.2/both-directions-equal'],
    provenBy: ['call-reply-refuses-id-zero', 'call-reply-refuses-equal-id', 'gre-wrong-call-id'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { callId: [0, 0xffff, 'its-own'] },
  },
  async (t) => {
    const asked = await callAsked(t)
    const own = asked.request.message.callId
    const callId = t.vary.callId === 'its-own' ? own : t.vary.callId
    const tunnel = sendCallReply(asked, t.callReply(asked.request, { callId }))
    const ppp = await pppIn(t, tunnel, asked.request.entry)
    const expectation = holds(`PPP in the tunnel, with Call ID ${callId}`)
    t.check('2.8/call-id-any', ppp, expectation)
    if (callId === own) t.check('3.2.2/both-directions-equal', ppp, expectation)
  },
)
