import { entryOf, scenario } from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/no-start-request',
    purpose: 'A connection on which nothing is sent is closed after 60 seconds, and not before.',
    decides: ['3.1.4/request-awaited', '3.1.4/request-awaited-long-enough'],
    provenBy: ['establishment-never-times-out', 'establishment-times-out-early'],
    iut: 'recipient',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const asked = t.stopwatch()
    const control = await t.connect()
    const open = t.stopwatch()
    let observation = await nextWithin(t, control, PATIENCE)
    // What it may have to say before it closes is another matter.
    while (observation.kind === 'message')
      observation = await nextWithin(t, control, PATIENCE - open.elapsed())
    const { earliest, latest } = t.timerWindow(MINUTE)
    const closed = observation.kind === 'closed'
    const seen = closed
      ? `the connection closed after ${t.durations(open.elapsed())}`
      : inItsTime(t, observation)
    const entry = entryOf(observation)
    t.decide('3.1.4/request-awaited', {
      ok: closed && open.elapsed() <= latest,
      expected: 'the connection closes after 60 s without a start request',
      seen,
      entry,
    })
    t.decide('3.1.4/request-awaited-long-enough', {
      ok: observation.kind !== 'closed' || asked.elapsed() >= earliest,
      expected: 'the connection stays open for 60 s',
      seen,
      entry,
    })
  },
)
