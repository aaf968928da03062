import { scenario } from '../kit.ts'
import { carriesPpp, describeCarrying } from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/reply-call-id',
    purpose:
      'Any 16-bit value may be the Call ID that the PAC assigns, also the one that the PNS has assigned.',
    decides: ['2.8/call-id-any', '3.2.2/both-directions-equal'],
    provenBy: ['call-reply-refuses-id-zero', 'call-reply-refuses-equal-id', 'gre-wrong-call-id'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { callId: { '0': 0, '65535': 0xffff, 'its-own': 'its own' } },
  },
  async (t) => {
    const { control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const callId = t.vary.callId === 'its own' ? request.message.callId : t.vary.callId
    control.send('Outgoing-Call-Reply', t.callReply(request, { callId }))
    const ok = await carriesPpp(t, tunnels.end(callId, request.message.callId))
    const judgement = {
      ok,
      expected: `PPP in the tunnel, with Call ID ${callId}`,
      seen: describeCarrying(ok),
      entry: request.entry,
    }
    t.decide('2.8/call-id-any', judgement)
    if (callId === request.message.callId) t.decide('3.2.2/both-directions-equal', judgement)
  },
)
