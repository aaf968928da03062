import { scenario } from '../kit.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/equal-call-ids',
    purpose: 'A call may be asked for with a Call ID that the PAC itself has given to another call.',
    decides: ['3.2.2/both-directions-equal'],
    provenBy: ['refuses-equal-call-ids'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const first = await t.placeCall(control)
    await firstData(t, first.tunnel)
    const tunnels = await t.openTunnel()
    const callId = first.reply.message.callId
    control.send('Outgoing-Call-Request', t.callRequest({ callId }))
    const reply = await control.expect('3.2.2/both-directions-equal', 'Outgoing-Call-Reply', t.timers.call)
    t.field('3.2.2/both-directions-equal', reply, 'resultCode', 1)
    if (reply.message.resultCode !== 1) return
    const second = tunnels.end(callId, reply.message.callId)
    await firstData(t, second)
    for (const [which, tunnel] of [
      ['second', second],
      ['first', first.tunnel],
    ] as const) {
      const alive = await answersConfigure(t, tunnel)
      t.decide('3.2.2/both-directions-equal', {
        ok: alive,
        expected: `the ${which} call carries PPP, its Call ID being the other's in the other direction`,
        seen: alive ? 'LCP Configure-Request is answered' : 'LCP Configure-Request draws no answer',
        entry: reply.entry,
      })
    }
  },
)
