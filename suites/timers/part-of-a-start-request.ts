import { advised, type Control, type Evidence, type Malformation, scenario, type Tester } from '../kit.ts'
import { closesBy, MINUTE, nextWithin, PATIENCE, type Timed, timed } from '../steps/keep-alive.ts'

/**
 * Octets of the start request that are sent at once, and in all: the header is complete, the
 * message never is.
 */
const FIRST = 20
const ALL = 100
/** When the other octets follow, in ms of the IUT's time. */
const LATER = 30_000

export default scenario(
  {
    id: 'timers/part-of-a-start-request',
    purpose: 'Part of a start request does not extend the 60 seconds within which a whole one has to come.',
    decides: ['3.1.4/request-awaited-whole'],
    provenBy: ['establishment-never-times-out', 'establishment-restarted-by-octets'],
    iut: 'recipient',
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const control = await t.connect({ answerEchoes: false })
    const delivery = { first: FIRST, pause: t.implementationTime(LATER) }
    const end = await sendPart(t, control, { truncate: ALL, delivery })
    const { latest } = t.timerWindow(MINUTE)
    const expected = 'the connection closes 60 s after it was opened, whatever part of a start request came'
    // Only a warning: a detail of a SHOULD.
    t.check('3.1.4/request-awaited-whole', end, advised(closesBy(latest, expected)))
  },
)

/** Messages before the close that are read and reported at most. */
const MOST = 4

/**
 * Sends a part of a start request. @returns what came last; its words include all that came before.
 */
async function sendPart<R extends string>(
  t: Tester<R>,
  control: Control<R>,
  part: Malformation,
): Promise<Evidence<Timed>> {
  const open = t.stopwatch()
  control.send('Start-Control-Connection-Request', {}, part)
  const all: string[] = []
  for (;;) {
    const observation = await nextWithin(t, control, PATIENCE - open.elapsed())
    const last = timed(t, observation, open.elapsed())
    all.push(last.seen)
    if (observation.kind !== 'message' || all.length > MOST) return { ...last, seen: all.join(', then ') }
  }
}
