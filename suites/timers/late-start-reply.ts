import { is, scenario, sizeOf, startReply } from '../kit.ts'
import { nextWithin, type Timed, timed } from '../steps/keep-alive.ts'
import { endsConnection, startAsked } from '../steps/originator.ts'

/**
 * How long the start request waits for its reply, in ms: less than the 60 s that section 3.1.4
 * grants.
 */
const LATE = 45_000

const REPLY = 'Start-Control-Connection-Reply'
/** Octets of the start reply that are sent first: half of them. */
const HALF = sizeOf(REPLY) / 2

export default scenario(
  {
    id: 'timers/late-start-reply',
    purpose:
      'A start reply after 45 seconds, whole or only its second half, is in time: the originator asks for a call.',
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

const GOES_ON = is<Timed>(
  'the connection stays open for 60 s after the start request',
  ({ observation }) => !endsConnection(observation),
)
