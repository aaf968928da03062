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
      'An Echo-Reply with another Identifier does not save a connection whose Echo-Request waits for its own.',
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
    // When it closes is decided elsewhere.
    const ends = ({ observation, after, askedAgain }: End) =>
      endsConnection(observation) && (!askedAgain || after <= latest)
    const expected = 'the connection ends, because Echo-Request was answered with another Identifier only'
    // whether any message at all shows that the peer lives can be argued.
    t.check('2.5/identifier-matched', end, advised(is(expected, ends)))
  },
)

interface End extends Timed {
  /** Whether another Echo-Request came first. */
  readonly askedAgain: boolean
}

/** Sends an Echo-Reply with another Identifier than that, and waits for the end. */
async function endAfterAnother<R extends string>(
  t: EitherTester<R>,
  control: Control<R>,
  identifier: number,
): Promise<Evidence<End>> {
  const since = t.stopwatch()
  control.send('Echo-Reply', { identifier: (identifier ^ 0x5555_0000) >>> 0, resultCode: 1 })
  // Having taken that for its answer it would ask anew; a retry before the time is up is another
  // matter.
  let askedAgain = false
  const asks = (one: Observation) => {
    const again = isMessage('Echo-Request').holds(one)
    askedAgain ||= again
    return again
  }
  let observation = await nextPast(t, control, since, asks)
  // May announce the end, that of its call first.
  while (clearsCall(observation)) observation = await control.next()
  const end = timed(t, observation, since.elapsed())
  const told = askedAgain ? adding(end, ', and another Echo-Request before') : end
  return { ...told, value: { ...end.value, askedAgain } }
}
