import type { Control } from '../../harness/scenario/control.ts'
import {
  describeObservation,
  entryOf,
  type Observation,
  receivedAs,
} from '../../harness/scenario/observation.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import { scenario } from '../catalogue.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../keep-alive.ts'

export default scenario(
  {
    id: 'originator-timers/no-start-reply',
    purpose: 'A start request that nobody answers ends the connection after 60 seconds, and not before.',
    decides: ['3.1.4/reply-awaited', '3.1.4/reply-awaited-long-enough'],
    provenBy: ['start-reply-awaited-forever'],
    iut: 'originator',
    readings: ['A-26'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.connection({ answerEchoes: false })
    await control.await('Start-Control-Connection-Request')
    const asked = t.stopwatch()
    const observation = await nextWithin(t, control, PATIENCE)
    const elapsed = asked.elapsed()
    const { earliest, latest } = t.timerWindow(MINUTE)
    const ends = observation.kind === 'closed' || (await stopsAndCloses(t, control, observation))
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

/** A stop request is tolerated at a time-out (interpretation A-26); answered, it has to lead to the close. */
async function stopsAndCloses<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  observation: Observation,
): Promise<boolean> {
  if (receivedAs(observation, 'Stop-Control-Connection-Request') === undefined) return false
  control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
  const deadline = t.clock.now() + t.timers.close
  for (;;) {
    // What was sent together with the request does not matter here.
    const { kind } = await control.next(Math.max(0, deadline - t.clock.now()))
    if (kind === 'closed' || kind === 'silence') return kind === 'closed'
  }
}
