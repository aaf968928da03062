import { type ControlMessage, controlMessage, reaction, scenario } from '../kit.ts'
import { answeringPeer, fallsSilent } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/notified-twice',
    purpose: 'Told twice in a row that its call is over, it has no call, and does not hang.',
    decides: ['3.2.4.2/established-notified', '3/unexpected-message'],
    provenBy: ['disconnect-notify-ignored', 'hangs-on-unexpected'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await answeringPeer(t, call.tunnel)
    const notify = controlMessage('Call-Disconnect-Notify', { callId: call.reply.callId, resultCode: 1 })
    const fence = t.unique()
    control.sendTogether(
      notify as ControlMessage,
      notify as ControlMessage,
      controlMessage('Echo-Request', { identifier: fence }) as ControlMessage,
    )
    await control.expectOneOf('3/unexpected-message', [
      reaction.ignores(fence),
      reaction.stops(),
      reaction.closes(),
    ])
    const silent = await fallsSilent(t, call.tunnel, t.timers.close)
    t.decide('3.2.4.2/established-notified', {
      ok: silent,
      expected: 'no answer in the tunnel any more',
      seen: silent ? 'LCP Configure-Request draws no answer' : 'the PPP peer still answers',
    })
  },
)
