import { entryOf, Inconclusive, receivedAs, scenario } from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE } from '../steps/keep-alive.ts'
import { firstData } from '../steps/lcp.ts'
import { answersStop, endsConnection, humour, TERMINATION } from '../steps/originator.ts'

/** ms of its time within which a stop request belongs to the hanging up, and is no time-out. */
const SAME_BREATH = 5_000

export default scenario(
  {
    id: 'timers/no-disconnect-notify',
    purpose:
      'Call-Clear-Request that nobody answers ends the control connection after 60 seconds, and not before.',
    decides: ['3/reply-patience', '3.2.1/stuck-transition', '3/reply-time-out'],
    provenBy: ['call-reply-awaited-briefly', 'call-reply-awaited-forever'],
    iut: 'originator',
    needs: ['hang-up', 'ppp'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const { dial, control, call } = await t.acceptCall()
    await firstData(t, call.tunnel)
    humour(call.tunnel)
    await dial.hangUp()
    await control.await('Call-Clear-Request', TERMINATION + t.timers.close)
    const since = t.stopwatch()
    const observation = await nextWithin(t, control, PATIENCE)
    const after = since.elapsed()
    if (receivedAs(observation, 'Call-Clear-Request') !== undefined)
      throw new Inconclusive('it sends Call-Clear-Request once more')
    if (after < SAME_BREATH && answersStop(control, observation))
      throw new Inconclusive('it stops the connection at once, which clears the call without a notification')
    const { earliest, latest } = t.timerWindow(MINUTE)
    const ends = endsConnection(observation)
    const seen = ends ? `it ended after ${t.durations(after)}` : inItsTime(t, observation)
    const entry = entryOf(observation)
    t.decide('3/reply-patience', {
      ok: !ends || after >= earliest,
      expected: 'the connection stays open for a minute after Call-Clear-Request',
      seen,
      entry,
    })
    t.decide(['3.2.1/stuck-transition', '3/reply-time-out'], {
      ok: ends && after <= latest,
      expected: 'the connection ends a minute after Call-Clear-Request, to which nothing was said',
      seen,
      entry,
      // More patience is tolerated (interpretation A-33).
      otherwise: 'warn',
    })
  },
)
