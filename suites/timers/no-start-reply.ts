import {
  type Control,
  type Evidence,
  is,
  isMessage,
  type Observation,
  scenario,
  startReply,
  type Tester,
} from '../kit.ts'
import { MINUTE, nextWithin, nothingUntil, PATIENCE, type Timed, timed } from '../steps/keep-alive.ts'
import { startAsked } from '../steps/originator.ts'

/** When the tester sends something other than the start reply, in ms after the start request. */
const HALF_A_MINUTE = 30_000

export default scenario(
  {
    id: 'timers/no-start-reply',
    purpose:
      'If a start request is not answered, the connection ends after 60 seconds, and not before, whatever else comes meanwhile.',
    decides: ['3.1.4/reply-awaited', '3.1.4/reply-awaited-long-enough'],
    provenBy: ['start-reply-awaited-forever', 'start-reply-awaited-anew'],
    iut: 'originator',
    readings: ['A-26'],
    timer: { wait: HALF_A_MINUTE + 2 * PATIENCE },
    vary: { meanwhile: ['nothing', 'echo-request', 'half-a-reply'] },
  },
  async (t) => {
    const { control } = await startAsked(t, { answerEchoes: false })
    const end = await endOf(t, control, t.vary.meanwhile)
    const { earliest, latest } = t.timerWindow(MINUTE)
    const closes = is<Ended>(CLOSES, ({ ends, after }) => ends && after <= latest)
    t.check('3.1.4/reply-awaited', end, closes)
    t.check('3.1.4/reply-awaited-long-enough', end, nothingUntil(earliest, STAYS))
  },
)

const CLOSES =
  'the connection closes 60 s after a start request without a reply, with or without a stop request'
const STAYS = 'the connection stays open for 60 s after the start request, and the IUT sends no message'

type Stimulus = 'nothing' | 'echo-request' | 'half-a-reply'

/** What came, and whether the connection ended with it. */
interface Ended extends Timed {
  readonly ends: boolean
}

/**
 * Waits for the end of the connection; half a minute after the start request sends what `meanwhile`
 * says, which is no start reply.
 */
async function endOf<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  meanwhile: Stimulus,
): Promise<Evidence<Ended>> {
  const asked = t.stopwatch()
  let observation = await nextWithin(t, control, HALF_A_MINUTE)
  if (observation.kind === 'silence') {
    if (meanwhile === 'echo-request') control.send('Echo-Request', { identifier: t.unique() })
    if (meanwhile === 'half-a-reply')
      control.send('Start-Control-Connection-Reply', startReply(), { truncate: 78 })
    do observation = await nextWithin(t, control, PATIENCE)
    while (isMessage('Echo-Reply').holds(observation))
  }
  const end = timed(t, observation, asked.elapsed())
  const closed = observation.kind === 'closed'
  const ends = closed || (await stopsAndCloses(t, control, observation, meanwhile))
  return { ...end, value: { ...end.value, ends } }
}

/**
 * Answers a stop request, which is tolerated at a time-out.
 * @returns whether the connection closes then.
 */
async function stopsAndCloses<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  observation: Observation,
  meanwhile: Stimulus,
): Promise<boolean> {
  if (!isMessage('Stop-Control-Connection-Request').holds(observation)) return false
  // The IUT may say more right after its stop request: that is read before the answer is sent.
  const { kind } = await control.next()
  // After half a start reply the IUT would take the answer for the other half.
  if (kind === 'closed' || meanwhile === 'half-a-reply') return true
  control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  return (await control.next(t.timers.close)).kind === 'closed'
}
