import { type Control, type EitherTester, entryOf, type Observation, receivedAs, scenario } from '../kit.ts'
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
      (await silentConnections(t)).map(async ({ control }) => {
        await awaitEchoRequest(t, control)
        return ending(t, control)
      }),
    )
    const byTime = [...endings].sort((a, b) => (a.after ?? Infinity) - (b.after ?? Infinity))
    const [earliestEnding] = byTime
    const latestEnding = byTime.at(-1)
    if (latestEnding === undefined || earliestEnding === undefined) return
    const seen =
      latestEnding.after === undefined
        ? `still open: ${inItsTime(t, latestEnding.last)} after the Echo-Request`
        : `ended after ${t.durations(latestEnding.after, earliestEnding.after ?? latestEnding.after)}`
    t.decide('3.1.4/keep-alive-unanswered', {
      ok: latestEnding.after !== undefined && latestEnding.after <= latest,
      expected: 'the connection ends 60 s after an Echo-Request that is not answered',
      seen,
      entry: entryOf(latestEnding.last),
    })
    t.decide('1.3.1/keep-alive', {
      ok: latestEnding.after !== undefined,
      expected: 'the connection ends, sooner or later, when Echo-Requests are not answered',
      seen,
      entry: entryOf(latestEnding.last),
    })
    t.decide('3.1.4/keep-alive-patience', {
      ok: earliestEnding.after === undefined || earliestEnding.after >= earliest,
      expected: 'an Echo-Request has 60 s to be answered',
      seen,
      entry: entryOf(earliestEnding.last),
    })
    const stays = endings.find(({ closed }) => !closed)
    t.decide('3.1.4/closes-tcp', {
      ok: stays === undefined,
      expected: 'TCP is closed, announced or not',
      seen:
        stays !== undefined
          ? inItsTime(t, stays.last)
          : endings.some(({ announced }) => announced)
            ? 'the connection closed, announced by Stop-Control-Connection-Request'
            : 'the connection closed',
      entry: entryOf((stays ?? latestEnding).last),
    })
  },
)

/**
 * Waits for the end, without answering. Stop-Control-Connection-Request is tolerated as its
 * beginning (interpretation A-26).
 */
async function ending<R extends string>(t: EitherTester<R>, control: Control<R>): Promise<Ending> {
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
