import { describeObservation, entryOf, receivedAs, scenario } from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../steps/keep-alive.ts'
import { stopAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'timers/no-stop-reply',
    purpose: 'A stop request that nobody answers ends the connection after 60 seconds, and not before.',
    decides: ['3/reply-time-out', '3/reply-patience'],
    provenBy: ['stop-reply-awaited-forever', 'stop-reply-awaited-briefly'],
    iut: 'originator',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await stopAsked(t, { answerEchoes: false })
    const asked = t.stopwatch()
    let observation = await nextWithin(t, control, PATIENCE)
    // It may ask again.
    while (receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined)
      observation = await nextWithin(t, control, PATIENCE - asked.elapsed())
    const elapsed = asked.elapsed()
    const { earliest, latest } = t.timerWindow(MINUTE)
    const closed = observation.kind === 'closed'
    const seen = closed
      ? `${describeObservation(observation)} after ${t.durations(elapsed)}`
      : inItsTime(t, observation)
    const entry = entryOf(observation)
    t.decide('3/reply-time-out', {
      ok: closed && elapsed <= latest,
      expected: 'the connection closes 60 s after a stop request that is not answered',
      seen,
      entry,
    })
    t.decide('3/reply-patience', {
      ok: !closed || elapsed >= earliest,
      expected: 'a stop reply has 60 s to come',
      seen,
      entry,
    })
  },
)
