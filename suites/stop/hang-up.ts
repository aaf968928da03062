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
      'Told to hang up, it sends Stop-Control-Connection-Request before it closes, and closes when that is answered.',
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
 * What comes after the call was cleared, if it is cleared.
 * @throws Inconclusive when neither call nor connection comes to an end.
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
  // The call may be over and the connection go on.
  const goesOn = cleared && observation.kind === 'silence'
  if (goesOn || endsConnection(observation)) return observation
  throw new Inconclusive(
    `the implementation was to clear its call or to end the connection, but ${describeObservation(observation)} was seen`,
  )
}
