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
      'A Stop-Control-Connection-Request right behind a call request is answered, and no call lives on.',
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
    // An IUT that takes one message of each read has lost it, which section 1.4 forbids and this
    // section does not: sent again, alone.
    if (observation.kind === 'silence') {
      control.send('Stop-Control-Connection-Request', { reason: 1 })
      observation = await control.next()
    }
    // The call may be notified of its end first.
    if (receivedAs(observation, 'Call-Disconnect-Notify') !== undefined) observation = await control.next()
    t.check('2.4/sent-in-reply', observed(observation), STOPPED)
    if (STOPPED.holds(observation)) await control.expectClose('3.1.2/stop-closes')
    if (reply?.message.resultCode !== 1) return
    const tunnel = tunnels.end(request.callId, reply.message.callId)
    const silence = shownBy(await tunnelSilence(t, tunnel, t.timers.close), reply.entry)
    t.check('2.3/calls-cleared', silence, holds('no answer in the tunnel any more'))
  },
)

const STOPPED = isMessage('Stop-Control-Connection-Reply')
