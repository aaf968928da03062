import { type ControlMessage, controlMessage, holds, reaction, scenario } from '../kit.ts'
import { awaitAnsweringPeer, tunnelSilence } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'outgoing-call/notified-twice',
    purpose: 'Two Call-Disconnect-Notify messages in a row end the call and do not hang the connection.',
    decides: ['3.2.4.2/established-notified', '3/unexpected-message'],
    provenBy: ['disconnect-notify-ignored', 'hangs-on-unexpected'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
  },
  async (t) => {
    const { control, call } = await t.acceptCall()
    await awaitAnsweringPeer(t, call.tunnel)
    const values = { callId: call.reply.callId, resultCode: 1 }
    const notify = controlMessage('Call-Disconnect-Notify', values) as ControlMessage
    const fence = t.unique()
    const echo = controlMessage('Echo-Request', { identifier: fence }) as ControlMessage
    control.sendTogether(notify, notify, echo)
    const allowed = [reaction.ignores(fence), reaction.stops(), reaction.closes()] as const
    await control.expectOneOf('3/unexpected-message', allowed)
    const silence = await tunnelSilence(t, call.tunnel, t.timers.close)
    t.check(
      '3.2.4.2/established-notified',
      silence,
      holds('LCP Configure-Request draws no answer once the call has ended'),
    )
  },
)
