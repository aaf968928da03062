import { entryOf, receivedAs, scenario } from '../kit.ts'
import { offerCall } from '../steps/incoming.ts'
import {
  inItsTime,
  MINUTE,
  nextWithin,
  PATIENCE,
  pastClearing,
  quietConnection,
} from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/incoming-call-stuck',
    purpose:
      'An accepted incoming call that is not connected for a minute brings the control connection to its end.',
    decides: ['3.2.1/stuck-transition'],
    provenBy: ['incoming-connected-awaited-forever'],
    iut: 'both',
    needs: { recipient: ['incoming-calls'], originator: ['incoming-calls', 'ppp'] },
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await quietConnection(t)
    await offerCall(t, control)
    const since = t.stopwatch()
    const { earliest, latest } = t.timerWindow(MINUTE)
    const first = await nextWithin(t, control, PATIENCE)
    // What gives the connection up may clear its calls first.
    let observation = await pastClearing(t, control, first, since, latest)
    const after = since.elapsed()
    // May announce the end (interpretation A-26).
    const stop = receivedAs(observation, 'Stop-Control-Connection-Request')
    if (stop !== undefined) observation = await nextWithin(t, control, PATIENCE)
    const ended = stop !== undefined || observation.kind === 'closed'
    t.decide('3.2.1/stuck-transition', {
      ok: ended && after >= earliest && after <= latest,
      expected: 'the connection closes a minute after Incoming-Call-Reply, to which nothing was said',
      seen: ended ? `it ended after ${t.durations(after)}` : inItsTime(t, observation),
      entry: entryOf(observation),
    })
  },
)
