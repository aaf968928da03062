import { scenario } from '../catalogue.ts'
import { placeSession, reachNetwork } from '../sessions.ts'

/** How long a ping may go unanswered before the session counts as dead, in ms. */
const GONE = 500

export default scenario(
  {
    id: 'session/cut-off',
    purpose: 'When its call is cleared, or its control connection stopped or lost, a live session is dead.',
    decides: ['2.12/ends-call', '2.3/calls-cleared', '3/calls-end'],
    provenBy: ['clear-keeps-tunnel', 'stop-keeps-tunnel', 'drop-keeps-tunnel'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    vary: { by: { clear: 'clear', stop: 'stop', close: 'close', reset: 'reset' } },
  },
  async (t) => {
    const { by } = t.vary
    const { control, wire, session } = await placeSession(t)
    await reachNetwork(session)
    if (by === 'clear') control.send('Call-Clear-Request', { callId: wire.tunnel.callId })
    else if (by === 'stop') control.send('Stop-Control-Connection-Request', { reason: 1 })
    else if (by === 'close') control.end()
    else control.reset()
    const deadline = t.clock.now() + t.timers.close
    // What was under way when the call ended does no harm.
    let { answered } = await session.ping({ timeout: GONE })
    while (answered > 0 && t.clock.now() < deadline) {
      await session.nextDatagram(GONE)
      answered = (await session.ping({ timeout: GONE })).answered
    }
    t.decide(by === 'clear' ? '2.12/ends-call' : by === 'stop' ? '2.3/calls-cleared' : '3/calls-end', {
      ok: answered === 0,
      expected: 'no answer to pings any more',
      seen: answered === 0 ? 'none' : `still answered ${t.timers.close} ms later`,
    })
  },
)
