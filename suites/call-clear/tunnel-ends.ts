import { holds, receivedAs, scenario } from '../kit.ts'
import { awaitAnsweringPeer, tunnelSilence } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'call-clear/tunnel-ends',
    purpose: 'Call-Clear-Request ends the call: PPP in its tunnel is no longer answered.',
    decides: ['2.12/ends-call', '3.2.4.1/tunnel-ends'],
    provenBy: ['clear-keeps-tunnel', 'clear-ignored'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await awaitAnsweringPeer(t, tunnel)
    control.send('Call-Clear-Request', { callId: tunnel.callId })
    // The scenario call-clear/established decides whether the end is notified as it should be.
    const end = await control.next()
    const notified = receivedAs(end, 'Call-Disconnect-Notify') !== undefined
    t.check(
      notified ? ['2.12/ends-call', '3.2.4.1/tunnel-ends'] : '2.12/ends-call',
      await tunnelSilence(t, tunnel, t.timers.close),
      holds('LCP Configure-Request draws no answer once the call has ended'),
    )
  },
)
