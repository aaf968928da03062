import { absent, atLeast, fieldOf, holds, scenario } from '../kit.ts'
import { comesAlive, dataIn, ring, sendConnected, signOfLife } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/accepted',
    purpose:
      'A PNS accepts an incoming call with a valid Incoming-Call-Reply, sends no data before Incoming-Call-Connected, and carries PPP after it.',
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
    const { control, tunnels, request } = await ring(t)
    const reply = await control.expect('3.2.3.2/reply-to-incoming', 'Incoming-Call-Reply', t.timers.call)
    t.field('2.10/peers-call-id', reply, 'peersCallId', request.callId)
    t.field('2.10/result-code-defined', reply, 'resultCode', [1, 2, 3])
    t.field('2/reserved-sent-zero', reply, 'reserved1', 0)
    const { resultCode, callId } = reply.message
    if (resultCode !== 1) return
    t.field('2.10/error-code', reply, 'errorCode', 0)
    const window = fieldOf(reply, 'packetRecvWindowSize')
    t.check('2.10/window', window, atLeast(1, 'Packet Recv. Window Size of at least 1'))
    const tunnel = tunnels.end(request.callId, callId)
    const early = dataIn(await signOfLife(t, tunnel), reply.entry)
    t.check('3.2.3.2/idle-accepts', early, absent('no data in the tunnel before Incoming-Call-Connected'))
    sendConnected(control, tunnel)
    const answers = await comesAlive(t, tunnel)
    const lives = holds('LCP Configure-Request is answered after Incoming-Call-Connected')
    t.check(['3.2.3.2/wait-connect-connected', '3.2.3/connected-establishes'], answers, lives)
    const expected = `LCP Configure-Request with Call ID ${callId}, which the reply assigned, is answered`
    t.check('2.10/call-id', answers, holds(expected))
  },
)
