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
    purpose: 'If an accepted incoming call is not connected within a minute, the control connection ends.',
    decides: ['3.2.1/stuck-transition'],
    provenBy: ['incoming-connected-awaited-forever'],
    iut: 'both',
    needs: { recipient: ['incoming-calls'], originator: ['incoming-calls', 'ppp', 'two-calls'] },
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await quietConnection(t)
    await offerCall(t, control)
    const since = t.stopwatch()
    const window = t.timerWindow(MINUTE)
    const first = await nextWithin(t, control, PATIENCE)
    // The IUT may clear its calls before it ends the connection.
    const last = await pastClearing(t, control, first, since, window.latest)
    const end = timed(t, last, since.elapsed())
    // Stop-Control-Connection-Request may announce the end.
    if (isMessage('Stop-Control-Connection-Request').holds(last)) await nextWithin(t, control, PATIENCE)
    const expected = 'the connection ends 60 s after Incoming-Call-Reply, without Incoming-Call-Connected'
    t.check('3.2.1/stuck-transition', end, endsWithin(window, expected))
  },
)
