import { type Control, factOf, holds, scenario } from '../kit.ts'
import { placeSession, reachNetwork } from '../steps/sessions.ts'

/** How long a ping may go unanswered before the session counts as dead, in ms. */
const GONE = 500

const REQUIREMENTS = {
  clear: ['2.12/ends-call', '3.2.4.2/established-notified'],
  stop: '2.3/calls-cleared',
  close: '3/calls-end',
  reset: '3/calls-end',
} as const

export default scenario(
  {
    id: 'session/cut-off',
    purpose:
      'A PPP session ends with its call: when the call is cleared, or its control connection stopped or lost.',
    decides: ['2.12/ends-call', '3.2.4.2/established-notified', '2.3/calls-cleared', '3/calls-end'],
    provenBy: {
      recipient: ['clear-keeps-tunnel', 'stop-keeps-tunnel', 'drop-keeps-tunnel'],
      originator: ['disconnect-notify-ignored', 'stop-keeps-tunnel', 'drop-keeps-tunnel'],
    },
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'ms-chap-v2'],
    vary: { by: ['clear', 'stop', 'close', 'reset'] },
  },
  async (t) => {
    const { by } = t.vary
    const { control, wire, session } = await placeSession(t)
    await reachNetwork(session)
    cutOff(control, by, t.iut, wire.tunnel.callId)
    const deadline = t.clock.now() + t.timers.close
    // A ping that was under way when the call ended may still be answered: later pings decide.
    let last = await session.ping({ timeout: GONE })
    while (last.answered > 0 && t.clock.now() < deadline) {
      await session.nextDatagram(GONE)
      last = await session.ping({ timeout: GONE })
    }
    const after = `${t.timers.close} ms after the end of the call`
    const late = `a ping still answered ${after}`
    const silence = factOf(last.answered === 0, 'a ping without an answer', late, last.entry)
    t.check(REQUIREMENTS[by], silence, holds(`a ping without an answer, at the latest ${after}`))
  },
)

/** Ends the call with a message of the call, or ends its control connection. */
function cutOff(
  control: Control<string>,
  by: keyof typeof REQUIREMENTS,
  iut: 'recipient' | 'originator',
  callId: number,
): void {
  if (by === 'clear' && iut === 'recipient') control.send('Call-Clear-Request', { callId })
  else if (by === 'clear') control.send('Call-Disconnect-Notify', { callId, resultCode: 3 })
  else if (by === 'stop') control.send('Stop-Control-Connection-Request', { reason: 1 })
  else if (by === 'close') control.end()
  else control.reset()
}
