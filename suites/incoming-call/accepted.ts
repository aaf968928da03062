import { scenario } from '../kit.ts'
import { describeSign, incomingRequest, sendConnected, signOfLife } from '../steps/incoming.ts'
import { comesToAnswer } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'incoming-call/accepted',
    purpose:
      'A PNS accepts an incoming call in a good Incoming-Call-Reply, keeps still until it is connected, and then carries PPP.',
    decides: [
      '3.2.3.2/reply-to-incoming',
      '2.10/peers-call-id',
      '2.10/result-code-defined',
      '2.10/error-code',
      '2.10/window',
      '2/reserved-sent-zero',
      '3.2.3.2/idle-accepts',
      '3.2.3.2/wait-connect-connected',
      '3.2.3/connected-establishes',
      '2.10/call-id',
    ],
    provenBy: [
      'incoming-reply-missing',
      'incoming-call-drops-connection',
      'incoming-reply-wrong-peer-id',
      'incoming-reply-result-0',
      'incoming-reply-error-with-success',
      'incoming-reply-window-zero',
      'incoming-reply-reserved-nonzero',
      'incoming-tunnel-before-connected',
      'incoming-connected-ignored',
      'lcp-no-reply',
    ],
    iut: 'both',
    needs: ['incoming-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const control = await t.establish()
    const request = incomingRequest(t)
    control.send('Incoming-Call-Request', request)
    const reply = await control.expect('3.2.3.2/reply-to-incoming', 'Incoming-Call-Reply', t.timers.call)
    const { resultCode, packetRecvWindowSize: window, callId } = reply.message
    t.field('2.10/peers-call-id', reply, 'peersCallId', request.callId)
    t.field('2.10/result-code-defined', reply, 'resultCode', [1, 2, 3])
    t.field('2/reserved-sent-zero', reply, 'reserved1', 0)
    if (resultCode !== 1) return
    t.field('2.10/error-code', reply, 'errorCode', 0)
    t.decide('2.10/window', {
      ok: window > 0,
      expected: 'Packet Recv. Window Size of at least 1',
      seen: `Packet Recv. Window Size ${window}`,
      entry: reply.entry,
    })
    const tunnel = tunnels.end(request.callId, callId)
    const early = await signOfLife(t, tunnel)
    t.decide('3.2.3.2/idle-accepts', {
      ok: early === undefined,
      expected: 'no data before Incoming-Call-Connected',
      seen: describeSign(early),
      entry: early?.entry ?? reply.entry,
    })
    sendConnected(control, tunnel)
    const alive = await comesToAnswer(t, tunnel)
    const seen = alive ? 'LCP Configure-Request is answered' : 'LCP Configure-Request draws no answer'
    for (const requirement of ['3.2.3.2/wait-connect-connected', '3.2.3/connected-establishes'] as const)
      t.decide(requirement, { ok: alive, expected: 'PPP lives after Incoming-Call-Connected', seen })
    t.decide('2.10/call-id', {
      ok: alive,
      expected: `data sent with Call ID ${callId} reaches the PPP peer of the call`,
      seen,
    })
  },
)
