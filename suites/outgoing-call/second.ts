import { scenario } from '../catalogue.ts'
import { answersConfigure, firstData } from '../lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/second',
    purpose:
      'A second call on one control connection is answered, gets a Call ID of its own, and leaves the first alone.',
    decides: [
      '3.2.4/reply-to-request',
      '2.8/peers-call-id',
      '3.2.2/call-id-unique',
      '1.3.2/several-sessions',
    ],
    provenBy: [
      'refuses-second-call',
      'second-call-replaces-first',
      'call-id-reused',
      'call-reply-wrong-peer-id',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const first = await t.placeCall(control)
    await firstData(t, first.tunnel)
    const request = t.callRequest()
    control.send('Outgoing-Call-Request', request)
    const reply = await control.expect('3.2.4/reply-to-request', 'Outgoing-Call-Reply', t.timers.call)
    t.field('2.8/peers-call-id', reply, 'peersCallId', request.callId)
    if (reply.message.resultCode !== 1) {
      t.field('1.3.2/several-sessions', reply, 'resultCode', 1)
      return
    }
    t.decide('3.2.2/call-id-unique', {
      ok: reply.message.callId !== first.reply.message.callId,
      expected: `a Call ID other than the first call's, ${first.reply.message.callId}`,
      seen: `Call ID ${reply.message.callId}`,
      entry: reply.entry,
    })
    const alive = await answersConfigure(t, first.tunnel)
    t.decide('1.3.2/several-sessions', {
      ok: alive,
      expected: 'the first call still carries PPP beside the second',
      seen: alive ? 'its PPP peer answers LCP Configure-Request' : 'its PPP peer does not answer any more',
      entry: reply.entry,
    })
  },
)
