import {
  type ControlMessage,
  controlMessage,
  describeObservation,
  entryOf,
  receivedAs,
  scenario,
} from '../kit.ts'
import { fallsSilent } from '../steps/lcp.ts'

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
    // The call may be notified of its end first.
    if (receivedAs(observation, 'Call-Disconnect-Notify') !== undefined) observation = await control.next()
    const stopped = receivedAs(observation, 'Stop-Control-Connection-Reply') !== undefined
    t.decide('2.4/sent-in-reply', {
      ok: stopped,
      expected: 'Stop-Control-Connection-Reply',
      seen: describeObservation(observation),
      entry: entryOf(observation),
    })
    if (stopped) await control.expectClose('3.1.2/stop-closes')
    if (reply?.message.resultCode !== 1) return
    const silent = await fallsSilent(t, tunnels.end(request.callId, reply.message.callId), t.timers.close)
    t.decide('2.3/calls-cleared', {
      ok: silent,
      expected: 'no answer in the tunnel any more',
      seen: silent
        ? 'LCP Configure-Request draws no answer'
        : 'the PPP peer still answers LCP Configure-Request',
      entry: reply.entry,
    })
  },
)
