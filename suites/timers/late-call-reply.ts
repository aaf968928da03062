import { holds, scenario } from '../kit.ts'
import { MINUTE } from '../steps/keep-alive.ts'
import { callAsked, pppIn, sendCallReply } from '../steps/originator.ts'

/** When the reply is sent, in ms after the request: after 50 of its 60 s. */
const LATE = (5 / 6) * MINUTE

export default scenario(
  {
    id: 'timers/late-call-reply',
    purpose: 'A call reply 50 seconds after the request, within the 60 that it has, still connects the call.',
    decides: ['3/reply-patience', '3.2.1/no-short-timers'],
    provenBy: ['call-reply-awaited-briefly'],
    iut: 'originator',
    needs: ['ppp'],
    timer: { wait: MINUTE },
  },
  async (t) => {
    const asked = await callAsked(t)
    const since = t.stopwatch()
    await t.clock.sleep(t.implementationTime(LATE))
    const tunnel = sendCallReply(asked, t.callReply(asked.request))
    const expected = `PPP in the tunnel after a reply that took ${t.durations(since.elapsed())}`
    const ppp = await pppIn(t, tunnel, asked.request.entry)
    t.check(['3/reply-patience', '3.2.1/no-short-timers'], ppp, holds(expected))
  },
)
