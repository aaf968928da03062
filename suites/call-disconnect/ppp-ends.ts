import { PacketCode, scenario } from '../kit.ts'
import { lcpFrame, openLcp } from '../steps/lcp.ts'

/**
 * ms that a PPP peer waits after it has acknowledged a Terminate-Request, until its link is down
 * (RFC 1661 section 4.6).
 */
const RESTART_TIMER = 3000

export default scenario(
  {
    id: 'call-disconnect/ppp-ends',
    purpose:
      'When the PPP link of a call ends, the PAC sends Call-Disconnect-Notify, and the control connection stays open.',
    decides: [
      '2.13/whenever-disconnected',
      '3.2.4.1/established-disconnected',
      '2.13/call-id',
      '2.13/connection-stays',
      '1.3.1/calls-apart',
    ],
    provenBy: ['ppp-end-not-notified', 'clear-wrong-call-id', 'clear-result-0'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await openLcp(t, tunnel)
    tunnel.send(lcpFrame(PacketCode.terminateRequest, t.unique() & 0xff))
    const notify = await control.expect(
      ['2.13/whenever-disconnected', '3.2.4.1/established-disconnected'],
      'Call-Disconnect-Notify',
      RESTART_TIMER + t.timers.close,
    )
    t.field('3.2.4.1/established-disconnected', notify, 'resultCode', [1, 3])
    t.field('2.13/call-id', notify, 'callId', tunnel.peersCallId)
    await control.expectAlive(
      ['2.13/connection-stays', '1.3.1/calls-apart'],
      'the control connection still answers an Echo-Request',
    )
  },
)
