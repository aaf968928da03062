import { advised, type Control, Inconclusive, scenario } from '../kit.ts'
import {
  endsWithin,
  MINUTE,
  nextWithin,
  PATIENCE,
  staysUntil,
  type Timed,
  timed,
} from '../steps/keep-alive.ts'
import { answersStop, clearAsked, clearsCall, hangUpLive } from '../steps/originator.ts'

/** ms of the IUT's time within which a stop request is part of hanging up, and not a time-out. */
const SAME_BREATH = 5_000

export default scenario(
  {
    id: 'timers/no-disconnect-notify',
    purpose:
      'If Call-Clear-Request is not answered, the control connection ends after 60 seconds, and not before.',
    decides: ['3/reply-patience', '3.2.1/stuck-transition', '3/reply-time-out'],
    provenBy: ['call-reply-awaited-briefly', 'call-reply-awaited-forever'],
    iut: 'originator',
    needs: ['hang-up', 'ppp'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const { dial, control, call } = await t.acceptCall()
    await hangUpLive(t, dial, call.tunnel)
    await clearAsked(t, control)
    const since = t.stopwatch()
    const end = timed(t, await nextWithin(t, control, PATIENCE), since.elapsed())
    requireWaiting(control, end.value)
    const { earliest, latest } = t.timerWindow(MINUTE)
    const patient = staysUntil(earliest, 'the connection stays open for 60 s after Call-Clear-Request')
    t.check('3/reply-patience', end, patient)
    // Waiting longer is tolerated.
    const inTime = advised(endsWithin({ earliest: 0, latest }, ENDS))
    t.check(['3.2.1/stuck-transition', '3/reply-time-out'], end, inTime)
  },
)

const ENDS = 'the connection ends 60 s after a Call-Clear-Request that is not answered'

/** @throws Inconclusive where the IUT does not wait for Call-Disconnect-Notify. */
function requireWaiting<R extends string>(control: Control<R>, { observation, after }: Timed): void {
  if (clearsCall(observation)) throw new Inconclusive('the implementation sends Call-Clear-Request once more')
  if (after < SAME_BREATH && answersStop(control, observation))
    throw new Inconclusive(
      'the implementation stops the connection at once, which clears the call without a notification',
    )
}
