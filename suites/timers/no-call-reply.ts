import { describeObservation, entryOf, type Observation, receivedAs, scenario } from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE, pastClearing } from '../steps/keep-alive.ts'
import { endsConnection } from '../steps/originator.ts'

export default scenario(
  {
    id: 'timers/no-call-reply',
    purpose:
      'A call that nobody answers, or of whose reply only half comes, ends the control connection after 60 seconds, and not before.',
    decides: ['3.2.1/no-short-timers', '3.2.1/stuck-transition', '3/reply-time-out'],
    provenBy: ['call-reply-awaited-briefly', 'call-reply-awaited-forever'],
    iut: 'originator',
    timer: { wait: PATIENCE },
    vary: { meanwhile: { nothing: 'nothing', 'half-a-reply': 'half-a-reply' } },
  },
  async (t) => {
    const { control } = await t.accept()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const asked = t.stopwatch()
    // To the end of Result Code: success, as far as it comes.
    if (t.vary.meanwhile === 'half-a-reply') control.begin('Outgoing-Call-Reply', 17, t.callReply(request))
    const patience = () => PATIENCE - asked.elapsed()
    let observation = await nextWithin(t, control, PATIENCE)
    // A keep-alive of its own is none of this.
    while (receivedAs(observation, 'Echo-Reply') !== undefined)
      observation = await nextWithin(t, control, patience())
    const elapsed = asked.elapsed()
    const { earliest, latest } = t.timerWindow(MINUTE)
    const told = (one: Observation) =>
      one.kind === 'silence'
        ? inItsTime(t, one)
        : `${describeObservation(one)} after ${t.durations(asked.elapsed())}`
    const seen = told(observation)
    const entry = entryOf(observation)
    // The call may be cleared in the same moment.
    const last = await pastClearing(t, control, observation, asked, latest)
    const inTime = asked.elapsed() <= latest
    const end = last === observation ? seen : `${seen}, then ${told(last)}`
    t.decide('3.2.1/no-short-timers', {
      ok: observation.kind === 'silence' || elapsed >= earliest,
      expected: 'nothing for 60 s after Outgoing-Call-Request',
      seen,
      entry,
    })
    // To clear only the call, or to be more patient, is tolerated (interpretation A-33).
    t.decide(['3.2.1/stuck-transition', '3/reply-time-out'], {
      ok: endsConnection(last) && inTime,
      expected:
        'the connection closes after 60 s without a call reply, with a stop request before or without',
      seen: end,
      entry: entryOf(last) ?? entry,
      otherwise: 'warn',
    })
  },
)
