import { entryOf, receivedAs, scenario } from '../kit.ts'
import { carriesPpp, describeCarrying, endsConnection } from '../steps/originator.ts'

const VALUES = {
  'window-0': { requirement: '2.8/window-zero-received', reply: { packetRecvWindowSize: 0 } },
  'delay-65535': { requirement: '2.8/processing-delay-any', reply: { packetProcessingDelay: 0xffff } },
  'channel-65535': { requirement: '2.8/physical-channel-logged-only', reply: { physicalChannelId: 0xffff } },
} as const

export default scenario(
  {
    id: 'outgoing-call/reply-values',
    purpose:
      'Odd values of a reply that connects the call do it no harm; over a window of 0 it may be ended.',
    decides: ['2.8/window-zero-received', '2.8/processing-delay-any', '2.8/physical-channel-logged-only'],
    provenBy: ['accepts-window-zero', 'call-reply-refuses-long-delay', 'call-reply-heeds-channel'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { value: VALUES },
  },
  async (t) => {
    const { requirement, reply } = t.vary.value
    const { control, call } = await t.acceptCall({ callReply: reply })
    const carries = await carriesPpp(t, call.tunnel)
    const reaction = carries ? undefined : await control.next(t.timers.reply)
    const gone =
      reaction !== undefined &&
      (endsConnection(reaction) || receivedAs(reaction, 'Call-Clear-Request') !== undefined)
    const mayEnd = requirement === '2.8/window-zero-received'
    t.decide(requirement, {
      ok: carries || (mayEnd && gone),
      expected: mayEnd ? 'PPP in the tunnel, or the end of the call' : 'PPP in the tunnel',
      seen: `${describeCarrying(carries)}${gone ? ', and the call is ended' : ''}`,
      entry: (reaction && entryOf(reaction)) ?? call.request.entry,
    })
  },
)
