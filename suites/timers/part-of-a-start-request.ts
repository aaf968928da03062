import { entryOf, type Observation, scenario } from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../steps/keep-alive.ts'

/**
 * Octets of the start request that are sent at once, and in all: the header is complete, the
 * message never is.
 */
const FIRST = 20
const ALL = 100
/** When the others follow, in ms. */
const LATER = 30_000

export default scenario(
  {
    id: 'timers/part-of-a-start-request',
    purpose:
      'Octets that make no whole message do not prolong the 60 seconds in which a start request has to come.',
    decides: ['3.1.4/request-awaited-whole'],
    provenBy: ['establishment-never-times-out', 'establishment-restarted-by-octets'],
    iut: 'recipient',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await t.connect({ answerEchoes: false })
    const open = t.stopwatch()
    control.send(
      'Start-Control-Connection-Request',
      {},
      { truncate: ALL, delivery: { first: FIRST, pause: t.implementationTime(LATER) } },
    )
    const before: string[] = []
    let last: Observation | undefined
    do {
      if (last !== undefined) before.push(`${inItsTime(t, last)} after ${t.durations(open.elapsed())}`)
      last = await nextWithin(t, control, PATIENCE - open.elapsed())
    } while (last.kind === 'message' && before.length < 4)
    const after = t.durations(open.elapsed())
    before.push(last.kind === 'closed' ? `the connection closed after ${after}` : `still open after ${after}`)
    t.decide('3.1.4/request-awaited-whole', {
      ok: last.kind === 'closed' && open.elapsed() <= t.timerWindow(MINUTE).latest,
      expected: 'the connection closes 60 s after it was opened, whatever part of a start request came',
      seen: before.join(', then '),
      entry: entryOf(last),
      // It is a detail of a SHOULD (interpretation A-32).
      otherwise: 'warn',
    })
  },
)
