import {
  atMost,
  type Control,
  type EitherTester,
  type Evidence,
  entryOf,
  evidence,
  holds,
  is,
  type Observation,
  present,
  receivedAs,
  scenario,
} from '../kit.ts'
import {
  awaitEchoRequest,
  inItsTime,
  MINUTE,
  nextWithin,
  PATIENCE,
  silentConnections,
} from '../steps/keep-alive.ts'

/** How one connection ended, times in ms of the IUT's time since its Echo-Request. */
interface Ending {
  /** When it closed, or announced it; undefined when neither came. */
  readonly after: number | undefined
  readonly closed: boolean
  readonly last: Observation
  readonly announced: boolean
}

export default scenario(
  {
    id: 'timers/no-echo-reply',
    purpose: 'A connection whose Echo-Request is not answered is closed after 60 seconds, and not before.',
    decides: [
      '3.1.4/keep-alive-unanswered',
      '3.1.4/keep-alive-patience',
      '3.1.4/closes-tcp',
      '1.3.1/keep-alive',
    ],
    provenBy: ['keep-alive-never-closes', 'keep-alive-closes-early'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    readings: ['A-35'],
    timer: { wait: 2 * PATIENCE },
  },
  async (t) => {
    const { earliest, latest } = t.timerWindow(MINUTE)
    const endings = await Promise.all(
      (await silentConnections(t)).map(({ control }) => unanswered(t, control)),
    )
    const { soonest, last } = extremes(t, endings)
    const inTime = atMost(latest, 'the connection ends 60 s after an Echo-Request that is not answered')
    t.check('3.1.4/keep-alive-unanswered', last, inTime)
    const ever = present('the connection ends, sooner or later, when Echo-Requests are not answered')
    t.check('1.3.1/keep-alive', last, ever)
    const patient = (after: number | undefined) => after === undefined || after >= earliest
    t.check(
      '3.1.4/keep-alive-patience',
      soonest,
      is('the connection stays open for 60 s after an Echo-Request that is not answered', patient),
    )
    t.check(
      '3.1.4/closes-tcp',
      closing(t, endings),
      holds('TCP is closed, with or without Stop-Control-Connection-Request before'),
    )
  },
)

/**
 * When the first and the last of several connections ended, as evidence. The time is undefined for
 * a connection that did not end, which counts as the last.
 */
function extremes(t: EitherTester<string>, endings: readonly Ending[]) {
  const time = ({ after = Infinity }: Ending) => after
  const soonest = endings.reduce((one, other) => (time(other) < time(one) ? other : one))
  const last = endings.reduce((one, other) => (time(other) >= time(one) ? other : one))
  const seen =
    last.after === undefined
      ? `still open: ${inItsTime(t, last.last)} after the Echo-Request`
      : `the end came ${t.durations(last.after, soonest.after ?? last.after)} after the Echo-Request`
  const told = (one: Ending) => evidence(one.after, seen, entryOf(one.last))
  return { soonest: told(soonest), last: told(last) }
}

/** Whether all connections were closed. */
function closing(t: EitherTester<string>, endings: readonly Ending[]): Evidence<boolean> {
  const open = endings.find(({ closed }) => !closed)
  if (open !== undefined) return evidence(false, inItsTime(t, open.last), entryOf(open.last))
  const [one] = endings
  const announced = endings.some((ending) => ending.announced)
  const how = announced ? ', announced by Stop-Control-Connection-Request' : ''
  return evidence(true, `the connection closed${how}`, one && entryOf(one.last))
}

/**
 * Waits for the IUT's Echo-Request and, without answering it, for the end of the connection.
 * Stop-Control-Connection-Request is tolerated as the beginning of the end.
 */
async function unanswered<R extends string>(t: EitherTester<R>, control: Control<R>): Promise<Ending> {
  await awaitEchoRequest(t, control)
  const since = t.stopwatch()
  let after: number | undefined
  let last: Observation
  do {
    last = await nextWithin(t, control, PATIENCE - since.elapsed())
    if (receivedAs(last, 'Stop-Control-Connection-Request') !== undefined) {
      after ??= since.elapsed()
      control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
    }
  } while (last.kind === 'message')
  const closed = last.kind === 'closed'
  return {
    after: after ?? (closed ? since.elapsed() : undefined),
    closed,
    last,
    announced: after !== undefined,
  }
}
