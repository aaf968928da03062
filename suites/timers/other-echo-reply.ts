import {
  adding,
  advised,
  type Control,
  type EitherTester,
  type Evidence,
  is,
  isMessage,
  type Observation,
  scenario,
} from '../kit.ts'
import {
  awaitEchoRequest,
  MINUTE,
  nextPast,
  PATIENCE,
  quietConnection,
  type Timed,
  timed,
} from '../steps/keep-alive.ts'
import { clearsCall, endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'timers/other-echo-reply',
    purpose:
      'An Echo-Reply with another Identifier does not answer an Echo-Request: the connection ends all the same.',
    decides: ['2.5/identifier-matched'],
    provenBy: ['keep-alive-any-identifier', 'keep-alive-never-closes'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    readings: ['A-26', 'A-30'],
    timer: { wait: 2 * PATIENCE },
  },
  async (t) => {
    const control = await quietConnection(t, { answerEchoes: false })
    const { message } = await awaitEchoRequest(t, control)
    const end = await endAfterAnother(t, control, message.identifier)
    const { latest } = t.timerWindow(MINUTE)
    // The scenario timers/no-echo-reply decides when it closes.
    const ends = ({ observation, after, askedAgain }: End) =>
      endsConnection(observation) && (!askedAgain || after <= latest)
    const expected =
      'the connection ends, within 60 s if another Echo-Request came: no Echo-Reply has the right Identifier'
    // Only a warning: any message may be taken to show that the peer is alive.
    t.check('2.5/identifier-matched', end, advised(is(expected, ends)))
  },
)

interface End extends Timed {
  /** Whether another Echo-Request came first. */
  readonly askedAgain: boolean
}

/** Sends an Echo-Reply whose Identifier differs from `identifier`, and waits for the end. */
async function endAfterAnother<R extends string>(
  t: EitherTester<R>,
  control: Control<R>,
  identifier: number,
): Promise<Evidence<End>> {
  const since = t.stopwatch()
  control.send('Echo-Reply', { identifier: (identifier ^ 0x5555_0000) >>> 0, resultCode: 1 })
  // An IUT that took this for its reply would send another Echo-Request later. It may also repeat
  // its Echo-Request before the 60 s are over.
  let askedAgain = false
  const asks = (one: Observation) => {
    const again = isMessage('Echo-Request').holds(one)
    askedAgain ||= again
    return again
  }
  let observation = await nextPast(t, control, since, asks)
  // The IUT may clear its call before the end of the connection.
  while (clearsCall(observation)) observation = await control.next()
  const end = timed(t, observation, since.elapsed())
  const told = askedAgain ? adding(end, ', and another Echo-Request before') : end
  return { ...told, value: { ...end.value, askedAgain } }
}
