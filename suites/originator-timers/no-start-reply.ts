import { describeObservation, entryOf } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../keep-alive.ts'

export default scenario(
  {
    id: 'originator-timers/no-start-reply',
    purpose: 'A start request that nobody answers ends the connection after 60 seconds, and not before.',
    decides: ['3.1.4/reply-awaited', '3.1.4/reply-awaited-long-enough'],
    provenBy: ['start-reply-awaited-forever'],
    iut: 'originator',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const dial = await t.dial()
    const control = await dial.connection({ answerEchoes: false })
    await control.await('Start-Control-Connection-Request')
    const asked = t.stopwatch()
    const observation = await nextWithin(t, control, PATIENCE)
    const { earliest, latest } = t.timerWindow(MINUTE)
    const closed = observation.kind === 'closed'
    const elapsed = asked.elapsed()
    const seen =
      observation.kind === 'silence'
        ? inItsTime(t, observation)
        : `${describeObservation(observation)} after ${t.durations(elapsed)}`
    const entry = entryOf(observation)
    t.decide('3.1.4/reply-awaited', {
      ok: closed && elapsed <= latest,
      expected: 'the connection closes after 60 s without a start reply',
      seen,
      entry,
    })
    t.decide('3.1.4/reply-awaited-long-enough', {
      ok: !closed || elapsed >= earliest,
      expected: 'the connection stays open for 60 s',
      seen,
      entry,
    })
  },
)
