import {
  type ControlMessage,
  controlMessage,
  holds,
  isMessage,
  observed,
  receivedAs,
  scenario,
  shownBy,
} from '../kit.ts'
import { tunnelSilence } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'stop/call-being-placed',
    purpose:
      'A Stop-Control-Connection-Request right after a call request is answered, and the call does not outlive the connection.',
    decides: ['2.4/sent-in-reply', '3.1.2/stop-closes', '2.3/calls-cleared'],
    provenBy: ['stop-no-reply', 'stop-never-closes', 'stop-keeps-tunnel'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const tunnels = await t.openTunnel()
    const control = await t.establish()
    const request = t.callRequest()
    control.sendTogether(
      controlMessage('Outgoing-Call-Request', request) as ControlMessage,
      controlMessage('Stop-Control-Connection-Request', { reason: 1 }) as ControlMessage,
    )
    let observation = await control.next(t.timers.call)
    const reply = receivedAs(observation, 'Outgoing-Call-Reply')
    if (reply !== undefined) observation = await control.next()
    // An IUT that handles one message per read has lost the second one. Section 1.4 forbids that,
    // this requirement does not: so the stop request is sent again, alone.
    if (observation.kind === 'silence') {
      control.send('Stop-Control-Connection-Request', { reason: 1 })
      observation = await control.next()
    }
    // Call-Disconnect-Notify may report the end of the call first.
    if (receivedAs(observation, 'Call-Disconnect-Notify') !== undefined) observation = await control.next()
    t.check('2.4/sent-in-reply', observed(observation), STOPPED)
    if (STOPPED.holds(observation)) await control.expectClose('3.1.2/stop-closes')
    if (reply?.message.resultCode !== 1) return
    const tunnel = tunnels.end(request.callId, reply.message.callId)
    const silence = shownBy(await tunnelSilence(t, tunnel, t.timers.close), reply.entry)
    t.check(
      '2.3/calls-cleared',
      silence,
      holds('LCP Configure-Request draws no answer once the call has ended'),
    )
  },
)

const STOPPED = isMessage('Stop-Control-Connection-Reply')
