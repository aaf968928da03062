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

/** Octets of a reply to the end of Result Code: success, as far as it comes. */
const HALF = 17

const CLOSES = 'the connection closes after 60 s without a call reply, with a stop request before or without'

export default scenario(
  {
    id: 'timers/no-call-reply',
    purpose:
      'A call that nobody answers, or of whose reply only half comes, ends the control connection after 60 seconds, and not before.',
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
    // A keep-alive of its own is none of this.
    const observation = await nextPast(t, control, asked, isMessage('Echo-Reply').holds)
    const first = timed(t, observation, asked.elapsed())
    // The call may be cleared in the same moment.
    const last = timed(t, await pastClearing(t, control, observation, asked, latest), asked.elapsed())
    const patient = nothingUntil(earliest, 'nothing for 60 s after Outgoing-Call-Request')
    t.check('3.2.1/no-short-timers', first, patient)
    // To clear only the call, or to be more patient, is tolerated (interpretation A-33).
    const inTime = advised(endsWithin({ earliest: 0, latest }, CLOSES))
    t.check(['3.2.1/stuck-transition', '3/reply-time-out'], sequence(first, last), inTime)
  },
)

/** What came last, told after what came first where that is something else. */
function sequence(first: Evidence<Timed>, last: Evidence<Timed>): Evidence<Timed> {
  if (last.value.observation === first.value.observation) return last
  return shownBy({ ...last, seen: `${first.seen}, then ${last.seen}` }, first.entry)
}
