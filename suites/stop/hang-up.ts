import {
  type AnsweredCall,
  type Control,
  describeObservation,
  Inconclusive,
  is,
  type Observation,
  observed,
  scenario,
  type Tester,
} from '../kit.ts'
import { answersStop, clearsCall, endsConnection, hangUpLive, TERMINATION } from '../steps/originator.ts'

export default scenario(
  {
    id: 'stop/hang-up',
    purpose:
      'An originator that hangs up sends Stop-Control-Connection-Request before it closes, and closes when that is answered.',
    decides: ['3.1.1/local-termination-stops', '3.1.1/stop-reply-closes'],
    provenBy: ['stop-request-missing', 'stop-reply-ignored'],
    iut: 'originator',
    needs: ['hang-up'],
    readings: ['A-27'],
    vary: { call: { connected: true, 'asked-for': false } },
    valuesNeed: { call: { connected: ['ppp'] } },
  },
  async (t) => {
    const { dial, control } = await t.accept()
    const call = t.vary.call ? await t.answerCall(control) : undefined
    if (call !== undefined) await hangUpLive(t, dial, call.tunnel)
    else {
      await control.await('Outgoing-Call-Request', t.timers.request)
      await dial.hangUp()
    }
    const last = await pastClearing(t, control, call)
    t.check('3.1.1/local-termination-stops', observed(last), STOPS_FIRST)
    if (answersStop(control, last)) await control.expectClose('3.1.1/stop-reply-closes')
  },
)

const STOPS_FIRST = is<Observation>(
  'Stop-Control-Connection-Request before the connection closes',
  ({ kind }) => kind !== 'closed',
)

/**
 * Answers Call-Clear-Request, if it comes, and returns what comes after it.
 * @throws Inconclusive when neither the call nor the connection ends.
 */
async function pastClearing<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  call: AnsweredCall | undefined,
): Promise<Observation> {
  let observation = await control.next(TERMINATION + t.timers.request)
  let cleared = false
  while (clearsCall(observation)) {
    cleared = true
    const callId = call?.reply.callId ?? 0
    control.send('Call-Disconnect-Notify', { callId, resultCode: 4 })
    observation = await control.next(t.timers.request)
  }
  // The IUT may clear the call and keep the connection.
  const goesOn = cleared && observation.kind === 'silence'
  if (goesOn || endsConnection(observation)) return observation
  throw new Inconclusive(
    `expected the implementation to clear its call or end the connection, but saw ${describeObservation(observation)}`,
  )
}
