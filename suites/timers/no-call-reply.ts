import { advised, type Evidence, isMessage, scenario, shownBy } from '../kit.ts'
import {
  endsWithin,
  MINUTE,
  nextPast,
  nothingUntil,
  PATIENCE,
  pastClearing,
  type Timed,
  timed,
} from '../steps/keep-alive.ts'

/** Octets of the reply that are sent: to the end of Result Code, which says success. */
const HALF = 17

const CLOSES = 'the connection ends 60 s after a call request without a reply, with or without a stop request'

export default scenario(
  {
    id: 'timers/no-call-reply',
    purpose:
      'If a call request gets no reply, or only half of one, the control connection ends after 60 seconds, and not before.',
    decides: ['3.2.1/no-short-timers', '3.2.1/stuck-transition', '3/reply-time-out'],
    provenBy: ['call-reply-awaited-briefly', 'call-reply-awaited-forever'],
    iut: 'originator',
    timer: { wait: PATIENCE },
    vary: { meanwhile: ['nothing', 'half-a-reply'] },
  },
  async (t) => {
    const { control } = await t.accept()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const asked = t.stopwatch()
    if (t.vary.meanwhile === 'half-a-reply') control.begin('Outgoing-Call-Reply', HALF, t.callReply(request))
    const { earliest, latest } = t.timerWindow(MINUTE)
    // Echo-Replies are passed over: they belong to the keep-alive.
    const observation = await nextPast(t, control, asked, isMessage('Echo-Reply').holds)
    const first = timed(t, observation, asked.elapsed())
    // The IUT may clear the call at the same time.
    const last = timed(t, await pastClearing(t, control, observation, asked, latest), asked.elapsed())
    const patient = nothingUntil(earliest, 'nothing for 60 s after Outgoing-Call-Request')
    t.check('3.2.1/no-short-timers', first, patient)
    // Clearing only the call, or waiting longer, is tolerated.
    const inTime = advised(endsWithin({ earliest: 0, latest }, CLOSES))
    t.check(['3.2.1/stuck-transition', '3/reply-time-out'], sequence(first, last), inTime)
  },
)

/** The last evidence, with the words of the first before its own where the two differ. */
function sequence(first: Evidence<Timed>, last: Evidence<Timed>): Evidence<Timed> {
  if (last.value.observation === first.value.observation) return last
  return shownBy({ ...last, seen: `${first.seen}, then ${last.seen}` }, first.entry)
}
