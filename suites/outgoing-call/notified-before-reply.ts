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
      'A Call-Disconnect-Notify before Outgoing-Call-Reply matches no call, for the PAC has not assigned a Call ID yet: the reply still connects the call.',
    decides: ['2.13/call-id-matched'],
    provenBy: ['disconnect-notify-any-call', 'hangs-on-unexpected'],
    iut: 'originator',
    readings: ['A-05'],
    needs: ['ppp'],
    // 0 is what an implementation may store for a Call ID that is not known yet.
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
      // The IUT may close the connection over a message that names no call.
      tolerating(
        is(
          `PPP in the tunnel after the reply: the Call-Disconnect-Notify with Call ID ${callId} named no call`,
          ({ carries }) => carries,
        ),
        ({ ended }) => ended,
      ),
    )
  },
)

/** What became of the call after the reply. */
interface Outcome {
  readonly carries: boolean
  /** Whether the connection was seen to end. */
  readonly ended: boolean
}

/**
 * Finds out whether the call carries PPP. If no data comes at once, asks the control connection
 * first: once that has ended, there is nothing to wait for.
 */
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
