import { holds, scenario, shownBy } from '../kit.ts'
import { liveCall } from '../steps/calls.ts'
import { firstData, lcpAnswers } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/equal-call-ids',
    purpose: 'A PNS may request a call with the Call ID that the PAC has assigned to another one.',
    decides: ['3.2.2/both-directions-equal'],
    provenBy: ['refuses-equal-call-ids'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const { control, ...first } = await liveCall(t)
    const tunnels = await t.openTunnel()
    const { callId } = first.reply.message
    control.send('Outgoing-Call-Request', t.callRequest({ callId }))
    const reply = await control.expect('3.2.2/both-directions-equal', 'Outgoing-Call-Reply', t.timers.call)
    t.field('3.2.2/both-directions-equal', reply, 'resultCode', 1)
    if (reply.message.resultCode !== 1) return
    const second = tunnels.end(callId, reply.message.callId)
    await firstData(t, second)
    for (const [which, tunnel] of Object.entries({ second, first: first.tunnel })) {
      const answers = shownBy(await lcpAnswers(t, tunnel), reply.entry)
      const expected = `LCP Configure-Request in the ${which} call is answered: both use Call ID ${callId}, one in each direction`
      t.check('3.2.2/both-directions-equal', answers, holds(expected))
    }
  },
)
