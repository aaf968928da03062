import {
  type Control,
  describeObservation,
  entryOf,
  type Observation,
  receivedAs,
  scenario,
  startReply,
  type Tester,
} from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../steps/keep-alive.ts'

/** When something comes that is no start reply, in ms. */
const HALF_A_MINUTE = 30_000

export default scenario(
  {
    id: 'timers/no-start-reply',
    purpose:
      'A start request that nobody answers ends the connection after 60 seconds, and not before, whatever else comes meanwhile.',
    decides: ['3.1.4/reply-awaited', '3.1.4/reply-awaited-long-enough'],
    provenBy: ['start-reply-awaited-forever', 'start-reply-awaited-anew'],
    iut: 'originator',
    readings: ['A-26'],
    timer: { wait: HALF_A_MINUTE + 2 * PATIENCE },
    vary: {
      meanwhile: { nothing: 'nothing', 'echo-request': 'echo-request', 'half-a-reply': 'half-a-reply' },
    },
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.connection({ answerEchoes: false })
    await control.await('Start-Control-Connection-Request')
    const asked = t.stopwatch()
    let observation = await nextWithin(t, control, HALF_A_MINUTE)
    if (observation.kind === 'silence') {
      if (t.vary.meanwhile === 'echo-request') control.send('Echo-Request', { identifier: t.unique() })
      if (t.vary.meanwhile === 'half-a-reply')
        control.send('Start-Control-Connection-Reply', startReply(), { truncate: 78 })
      do observation = await nextWithin(t, control, PATIENCE)
      while (receivedAs(observation, 'Echo-Reply') !== undefined)
    }
    const elapsed = asked.elapsed()
    const { earliest, latest } = t.timerWindow(MINUTE)
    const ends =
      observation.kind === 'closed' ||
      (await stopsAndCloses(t, control, observation, t.vary.meanwhile !== 'half-a-reply'))
    const seen =
      observation.kind === 'silence'
        ? inItsTime(t, observation)
        : `${describeObservation(observation)} after ${t.durations(elapsed)}`
    const entry = entryOf(observation)
    t.decide('3.1.4/reply-awaited', {
      ok: ends && elapsed <= latest,
      expected:
        'the connection closes after 60 s without a start reply, with a stop request before or without',
      seen,
      entry,
    })
    t.decide('3.1.4/reply-awaited-long-enough', {
      ok: observation.kind === 'silence' || elapsed >= earliest,
      expected: 'the connection stays open for 60 s, and nothing else is said on it',
      seen,
      entry,
    })
  },
)

/**
 * A stop request is tolerated at a time-out (interpretation A-26); answered, it has to lead to the
 * close.
 */
async function stopsAndCloses<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  observation: Observation,
  answerable: boolean,
): Promise<boolean> {
  if (receivedAs(observation, 'Stop-Control-Connection-Request') === undefined) return false
  // What it says in the same breath is to be seen before the answer.
  const { kind } = await control.next()
  if (kind === 'closed' || !answerable) return true
  control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  return (await control.next(t.timers.close)).kind === 'closed'
}
