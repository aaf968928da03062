import { GeneralError, PacketCode, reaction, scenario } from '../kit.ts'
import { incomingRequest, offerCall, sendConnected } from '../steps/incoming.ts'
import { lcpFrame, openLcp } from '../steps/lcp.ts'

/**
 * ms that a PPP peer waits after it has acknowledged a Terminate-Request, until its link is down
 * (RFC 1661 section 4.6).
 */
const RESTART_TIMER = 3000

export default scenario(
  {
    id: 'incoming-call/cleared',
    purpose:
      'After a PNS asked to clear a call, Call-Disconnect-Notify ends the call: its Call ID is free again.',
    decides: ['3.2.3.2/wait-disconnect-notified'],
    provenBy: ['disconnect-notify-ignored'],
    iut: 'both',
    needs: { recipient: ['incoming-calls', 'ppp'], originator: ['incoming-calls', 'ppp', 'two-calls'] },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await offerCall(t, control)
    const { callId } = tunnel
    sendConnected(control, tunnel)
    await openLcp(t, tunnel)
    // The end of PPP gives the PNS a reason to clear the call.
    tunnel.send(lcpFrame(PacketCode.terminateRequest, t.unique() & 0xff))
    await control.await('Call-Clear-Request', RESTART_TIMER + t.timers.close)
    control.send('Call-Disconnect-Notify', { callId, resultCode: 4 })
    // Not in one segment with what follows: an IUT that reads one message a time would lose that.
    await control.isAlive()
    control.send('Incoming-Call-Request', incomingRequest(t, { callId }))
    await control.passOver('Echo-Reply')
    await control.expectOneOf('3.2.3.2/wait-disconnect-notified', [CALL_ID_FREE], t.timers.call)
  },
)

const CALL_ID_FREE = reaction.answers(
  'Incoming-Call-Reply',
  ({ resultCode, errorCode }) => resultCode !== 2 || errorCode !== GeneralError.badCallId,
  'the implementation replies to the next call with the same Call ID, and not with Error Code 5 (Bad-Call ID)',
)
