import { describeObservation, entryOf, scenario, sizeOf, startReply } from '../kit.ts'
import { nextWithin } from '../steps/keep-alive.ts'
import { endsConnection, startAsked } from '../steps/originator.ts'

/** How long the start request waits for its reply, in ms: less than the minute that it has. */
const LATE = 45_000

const REPLY = 'Start-Control-Connection-Reply'
/** Half of its octets. */
const HALF = sizeOf(REPLY) / 2

export default scenario(
  {
    id: 'timers/late-start-reply',
    purpose:
      'A start reply that takes 45 seconds, all of it or its second half, is in time: a call is asked for.',
    decides: ['3/reply-patience', '3.1.4/reply-awaited-long-enough'],
    provenBy: ['start-reply-awaited-briefly'],
    iut: 'originator',
    timer: { wait: LATE },
    vary: { late: { all: 'all', half: 'half' } },
  },
  async (t) => {
    const { control } = await startAsked(t, { answerEchoes: false })
    const asked = t.stopwatch()
    const complete = t.vary.late === 'half' ? control.begin(REPLY, HALF, startReply()) : undefined
    const early = await nextWithin(t, control, LATE)
    t.decide(['3/reply-patience', '3.1.4/reply-awaited-long-enough'], {
      ok: !endsConnection(early),
      expected: 'a start reply has 60 s to come',
      seen: `${describeObservation(early)} after ${t.durations(asked.elapsed())}`,
      entry: entryOf(early),
    })
    if (endsConnection(early)) return
    if (complete === undefined) control.send(REPLY, startReply())
    else complete()
    await control.expect('3/reply-patience', 'Outgoing-Call-Request', t.timers.request)
  },
)
