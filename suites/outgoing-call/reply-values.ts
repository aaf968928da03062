import { type Evidence, entryOf, evidence, is, type Observation, scenario } from '../kit.ts'
import { evenIfEnded } from '../steps/lcp.ts'
import { carriesPpp, clearsCall, describeCarrying, endsConnection } from '../steps/originator.ts'

const VALUES = {
  'window-0': { requirement: '2.8/window-zero-received', reply: { packetRecvWindowSize: 0 } },
  'delay-65535': { requirement: '2.8/processing-delay-any', reply: { packetProcessingDelay: 0xffff } },
  'channel-65535': { requirement: '2.8/physical-channel-logged-only', reply: { physicalChannelId: 0xffff } },
} as const

export default scenario(
  {
    id: 'outgoing-call/reply-values',
    purpose:
      'Unusual values in a successful call reply do not harm the call; only over a window of 0 may the originator end it.',
    decides: ['2.8/window-zero-received', '2.8/processing-delay-any', '2.8/physical-channel-logged-only'],
    provenBy: ['accepts-window-zero', 'call-reply-refuses-long-delay', 'call-reply-heeds-channel'],
    iut: 'originator',
    needs: ['ppp'],
    vary: { value: VALUES },
  },
  async (t) => {
    const { requirement, reply } = t.vary.value
    const { control, call } = await t.acceptCall({ callReply: reply })
    const carries = (await evenIfEnded(() => carriesPpp(t, call.tunnel))) === true
    const after = carries ? undefined : await control.next(t.timers.reply)
    t.check(requirement, outcome(carries, after, call.request.entry), EXPECTED[requirement])
  },
)

interface Outcome {
  readonly carries: boolean
  /** Whether the call, or its connection, was seen to end. */
  readonly ended: boolean
}

function outcome(carries: boolean, after: Observation | undefined, asked: number): Evidence<Outcome> {
  const ended = after !== undefined && (endsConnection(after) || clearsCall(after))
  const seen = `${describeCarrying(carries)}${ended ? ', and the call is ended' : ''}`
  return evidence({ carries, ended }, seen, (after && entryOf(after)) ?? asked)
}

const CARRIES = is<Outcome>('PPP in the tunnel', ({ carries }) => carries)
const EXPECTED = {
  '2.8/window-zero-received': is<Outcome>(
    'PPP in the tunnel, or the end of the call',
    ({ carries, ended }) => carries || ended,
  ),
  '2.8/processing-delay-any': CARRIES,
  '2.8/physical-channel-logged-only': CARRIES,
}
