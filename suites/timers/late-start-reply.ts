import { is, scenario, sizeOf, startReply } from '../kit.ts'
import { nextWithin, type Timed, timed } from '../steps/keep-alive.ts'
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
    vary: { late: ['all', 'half'] },
  },
  async (t) => {
    const { control } = await startAsked(t, { answerEchoes: false })
    const asked = t.stopwatch()
    const complete = t.vary.late === 'half' ? control.begin(REPLY, HALF, startReply()) : undefined
    const observation = await nextWithin(t, control, LATE)
    const early = timed(t, observation, asked.elapsed())
    t.check(['3/reply-patience', '3.1.4/reply-awaited-long-enough'], early, GOES_ON)
    if (endsConnection(observation)) return
    if (complete === undefined) control.send(REPLY, startReply())
    else complete()
    await control.expect('3/reply-patience', 'Outgoing-Call-Request', t.timers.request)
  },
)

const GOES_ON = is<Timed>('a start reply has 60 s to come', ({ observation }) => !endsConnection(observation))
