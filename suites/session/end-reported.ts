import { type SessionOptions, scenario, type Tester } from '../kit.ts'
import { placeSession, RESTART_TIMER, wrong } from '../steps/sessions.ts'

export default scenario(
  {
    id: 'session/end-reported',
    purpose: 'However PPP ends, a Call-Disconnect-Notify says that the call is over.',
    decides: [
      '2.13/whenever-disconnected',
      '3.2.4.1/established-disconnected',
      '2.13/call-id',
      '2.13/connection-stays',
    ],
    provenBy: ['ppp-end-not-notified', 'clear-result-0', 'clear-wrong-call-id'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    profile: 'encrypted',
    vary: { end: ['terminated', 'wrong-secret', 'no-encryption'] },
  },
  async (t) => {
    const { end } = t.vary
    const { control, wire, session } = await placeSession(t, optionsFor(t, end))
    if (end === 'terminated') {
      await session.open()
      await session.terminate()
    } else await session.opened()
    const notify = await control.expect(
      ['2.13/whenever-disconnected', '3.2.4.1/established-disconnected'],
      'Call-Disconnect-Notify',
      // The IUT may wait for another Terminate-Request before its PPP is finished.
      RESTART_TIMER + t.timers.close,
    )
    const results = end === 'terminated' ? [1, 3] : [1, 2, 3]
    t.field('3.2.4.1/established-disconnected', notify, 'resultCode', results)
    t.field('2.13/call-id', notify, 'callId', wire.tunnel.peersCallId)
    await control.expectAlive('2.13/connection-stays', 'the control connection still answers')
  },
)

/** Returns the options that make our PPP peer bring the session to that end. */
function optionsFor(t: Pick<Tester<string>, 'accounts'>, end: string): SessionOptions {
  if (end === 'wrong-secret') return { account: wrong(t.accounts()) }
  return end === 'no-encryption' ? { encryption: 'none' } : {}
}
