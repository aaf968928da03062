import { scenario } from '../kit.ts'
import { answersConfigure, fallsSilent, firstData } from '../steps/lcp.ts'
import { carriesPpp, describeCarrying } from '../steps/originator.ts'

const recipient = scenario(
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

const originator = scenario(
  {
    id: 'outgoing-call/second',
    purpose:
      'Dialling once more it places a second call on the connection it has: each has its Call ID and its tunnel, and outlives the other.',
    decides: [
      '1.3.2/several-sessions',
      '1.3.2/key-selects-session',
      '2.7/call-id-unique',
      '3.2.1/calls-not-blocked',
      '3.2.4.2/established-notified',
    ],
    provenBy: [
      'second-call-replaces-first',
      'gre-first-call-takes-all',
      'call-id-reused',
      'disconnect-notify-ignored',
    ],
    iut: 'originator',
    needs: ['two-calls', 'ppp'],
  },
  async (t) => {
    const { control, call: first } = await t.acceptCall()
    await firstData(t, first.tunnel)
    await t.dial()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.dial + t.timers.request)
    const [one, other] = [first.request.message.callId, request.message.callId]
    t.decide('2.7/call-id-unique', {
      ok: one !== other,
      expected: `another Call ID than ${one}`,
      seen: `Call ID ${other}`,
      entry: request.entry,
    })
    const unblocked = await answersConfigure(t, first.tunnel)
    t.decide('3.2.1/calls-not-blocked', {
      ok: unblocked,
      expected: 'the first call carries PPP while the second waits for its reply',
      seen: describeCarrying(unblocked),
    })
    const reply = t.callReply(request)
    control.send('Outgoing-Call-Reply', reply)
    const second = tunnels.end(reply.callId, other)
    const carries = await carriesPpp(t, second)
    t.decide('1.3.2/several-sessions', {
      ok: carries,
      expected: 'PPP in the tunnel of the second call',
      seen: describeCarrying(carries),
      entry: request.entry,
    })
    control.send('Call-Disconnect-Notify', { callId: first.reply.callId, resultCode: 1 })
    const silent = await fallsSilent(t, first.tunnel, t.timers.close)
    t.decide('3.2.4.2/established-notified', {
      ok: silent,
      expected: 'no answer any more in the tunnel of the first call, which is over',
      seen: silent ? 'no answer' : 'the PPP peer of the first call still answers',
    })
    const lives = await answersConfigure(t, second)
    t.decide(['1.3.2/key-selects-session', '1.3.2/several-sessions'], {
      ok: lives,
      expected: 'the second call lives on',
      seen: describeCarrying(lives),
    })
  },
)

export default [recipient, originator]
