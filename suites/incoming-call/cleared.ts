import { GeneralError, PacketCode, reaction, scenario } from '../kit.ts'
import { incomingRequest, offerCall, sendConnected } from '../steps/incoming.ts'
import { lcpFrame, openLcp } from '../steps/lcp.ts'

/**
 * Having acknowledged a Terminate-Request, a PPP peer waits this long before it is finished (RFC
 * 1661, section 4.6), in ms.
 */
const RESTART_TIMER = 3000

export default scenario(
  {
    id: 'incoming-call/cleared',
    purpose:
      'A PNS that asked for the end of a call takes Call-Disconnect-Notify for that end: the Call ID is free again.',
    decides: ['3.2.3.2/wait-disconnect-notified'],
    provenBy: ['disconnect-notify-ignored'],
    iut: 'both',
    needs: ['incoming-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await offerCall(t, control)
    const { callId } = tunnel
    sendConnected(control, tunnel)
    await openLcp(t, tunnel)
    // The end of PPP gives it a reason to clear the call.
    tunnel.send(lcpFrame(PacketCode.terminateRequest, t.unique() & 0xff))
    await control.await('Call-Clear-Request', RESTART_TIMER + t.timers.close)
    control.send('Call-Disconnect-Notify', { callId, resultCode: 4 })
    control.send('Incoming-Call-Request', incomingRequest(t, { callId }))
    await control.expectOneOf('3.2.3.2/wait-disconnect-notified', [CALL_ID_FREE], t.timers.call)
  },
)

const CALL_ID_FREE = reaction.answers(
  'Incoming-Call-Reply',
  ({ resultCode, errorCode }) => resultCode !== 2 || errorCode !== GeneralError.badCallId,
  'the implementation does not take the Call ID of the next call for one in use',
)
