import { fieldOf, holds, is, scenario, shownBy } from '../kit.ts'
import { liveCall } from '../steps/calls.ts'
import { firstData, lcpAnswers, tunnelSilence } from '../steps/lcp.ts'
import { pppIn, sendCallReply } from '../steps/originator.ts'

const recipient = scenario(
  {
    id: 'outgoing-call/second',
    purpose:
      'A second call request on one control connection is answered, gets its own Call ID if it is connected, and leaves the first call alone.',
    decides: [
      '3.2.4/reply-to-request',
      '2.8/peers-call-id',
      '3.2.2/call-id-unique',
      '1.3.2/several-sessions',
    ],
    provenBy: [
      'refuses-second-call',
      'second-call-replaces-first',
      'refusal-ends-first-call',
      'call-id-reused',
      'call-reply-wrong-peer-id',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { control, ...first } = await liveCall(t)
    const request = t.callRequest()
    control.send('Outgoing-Call-Request', request)
    const reply = await control.expect('3.2.4/reply-to-request', 'Outgoing-Call-Reply', t.timers.call)
    t.field('2.8/peers-call-id', reply, 'peersCallId', request.callId)
    // A PAC with one channel may refuse the second call; the first has to go on.
    if (reply.message.resultCode === 1)
      t.check('3.2.2/call-id-unique', fieldOf(reply, 'callId'), isOther(first.reply.message.callId))
    const answers = shownBy(await lcpAnswers(t, first.tunnel), reply.entry)
    const lives = holds(
      'LCP Configure-Request in the first call is answered, with the second connected or refused',
    )
    t.check('1.3.2/several-sessions', answers, lives)
  },
)

const originator = scenario(
  {
    id: 'outgoing-call/second',
    purpose:
      'An originator that dials again places a second call on its connection: each call has its own Call ID and tunnel, and the second outlives the first.',
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
    const { dial, control, call: first } = await t.acceptCall()
    await firstData(t, first.tunnel)
    await t.dial()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.dial + t.timers.request)
    t.check('2.7/call-id-unique', fieldOf(request, 'callId'), isOther(first.request.message.callId))
    const meanwhile = holds(
      'LCP Configure-Request in the first call is answered while the second waits for its reply',
    )
    t.check('3.2.1/calls-not-blocked', await lcpAnswers(t, first.tunnel), meanwhile)
    const second = sendCallReply({ dial, control, request, tunnels }, t.callReply(request))
    const ppp = await pppIn(t, second, request.entry)
    t.check('1.3.2/several-sessions', ppp, holds('PPP in the tunnel of the second call'))
    control.send('Call-Disconnect-Notify', { callId: first.reply.callId, resultCode: 1 })
    const silence = await tunnelSilence(t, first.tunnel, t.timers.close)
    const over = holds('LCP Configure-Request in the first call draws no answer once it has ended')
    t.check('3.2.4.2/established-notified', silence, over)
    const lives = await lcpAnswers(t, second)
    t.check(
      ['1.3.2/key-selects-session', '1.3.2/several-sessions'],
      lives,
      holds('LCP Configure-Request in the second call is answered after the end of the first'),
    )
  },
)

/** A Call ID other than that of the first call. */
function isOther(first: number) {
  return is<number>(`a Call ID other than the first call's, ${first}`, (callId) => callId !== first)
}

export default [recipient, originator]
