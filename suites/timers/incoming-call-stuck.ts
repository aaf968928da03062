import { isMessage, scenario } from '../kit.ts'
import { offerCall } from '../steps/incoming.ts'
import {
  endsWithin,
  MINUTE,
  nextWithin,
  PATIENCE,
  pastClearing,
  quietConnection,
  timed,
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
    const window = t.timerWindow(MINUTE)
    const first = await nextWithin(t, control, PATIENCE)
    // What gives the connection up may clear its calls first.
    const last = await pastClearing(t, control, first, since, window.latest)
    const end = timed(t, last, since.elapsed())
    // May announce the end (interpretation A-26).
    if (isMessage('Stop-Control-Connection-Request').holds(last)) await nextWithin(t, control, PATIENCE)
    const expected = 'the connection closes a minute after Incoming-Call-Reply, to which nothing was said'
    t.check('3.2.1/stuck-transition', end, endsWithin(window, expected))
  },
)
