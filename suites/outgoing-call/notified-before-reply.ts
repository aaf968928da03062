import {
  type Control,
  type Evidence,
  evidence,
  is,
  type Observation,
  observed,
  scenario,
  shownBy,
  type Tester,
  type TunnelEnd,
  tolerating,
} from '../kit.ts'
import { answersConfigure } from '../steps/lcp.ts'
import {
  answersStop,
  BEGUN,
  callAsked,
  carriesPpp,
  describeCarrying,
  endsConnection,
  sendCallReply,
} from '../steps/originator.ts'

export default scenario(
  {
    id: 'outgoing-call/notified-before-reply',
    purpose:
      'Call-Disconnect-Notify that comes before the reply is about no call of its, for none has a Call ID of the PAC yet: the reply still connects.',
    decides: ['2.13/call-id-matched'],
    provenBy: ['disconnect-notify-any-call', 'hangs-on-unexpected'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
    // 0 is what an implementation may have written down for "not known yet".
    vary: { callId: [0, 'unknown'] },
  },
  async (t) => {
    const asked = await callAsked(t)
    const reply = t.callReply(asked.request)
    const callId = t.vary.callId === 'unknown' ? reply.callId ^ 0x0100 : t.vary.callId
    asked.control.send('Call-Disconnect-Notify', { callId, resultCode: 1 })
    const found = await comesUp(t, asked.control, sendCallReply(asked, reply))
    t.check(
      '2.13/call-id-matched',
      shownBy(found, asked.request.entry),
      // Over a message that names no call of its it may close the connection.
      tolerating(
        is(`PPP in the tunnel after the reply: Call ID ${callId} was no call`, ({ carries }) => carries),
        ({ ended }) => ended,
      ),
    )
  },
)

/** What became of the call that was replied to. */
interface Outcome {
  readonly carries: boolean
  /** Whether the connection was seen to end. */
  readonly ended: boolean
}

/** Who has data sends it at once; for one who ends the connection there is nothing to wait for. */
async function comesUp<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  tunnel: TunnelEnd,
): Promise<Evidence<Outcome>> {
  if ((await tunnel.nextData(BEGUN)) !== undefined) {
    const carries = await answersConfigure(t, tunnel)
    return evidence({ carries, ended: false }, describeCarrying(carries))
  }
  control.send('Echo-Request', { identifier: t.unique() })
  const after: Observation = await control.next(t.timers.reply)
  answersStop(control, after)
  const ended = endsConnection(after)
  const carries = !ended && (await carriesPpp(t, tunnel))
  const seen = `${describeCarrying(carries)}; on the control connection: ${observed(after).seen}`
  return evidence({ carries, ended }, seen)
}
