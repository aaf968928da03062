import { type Control, type EitherTester, type Evidence, scenario } from '../kit.ts'
import { expectOpen, nextWithin, quietConnection, type Timed, timed } from '../steps/keep-alive.ts'

/**
 * ms from one message to the next, and how many such times: never 60 s of silence, but longer than
 * 120 s in all.
 */
const EVERY = 40_000
const TIMES = 4

export default scenario(
  {
    id: 'timers/busy',
    purpose: 'A connection with a message every 40 seconds stays open.',
    decides: ['3.1.4/keep-alive-counts-messages'],
    provenBy: ['keep-alive-overlooks-messages'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    timer: { wait: EVERY * TIMES },
  },
  async (t) => {
    // The IUT may send Echo-Requests at any time: the tester answers them.
    const control = await quietConnection(t)
    const last = await keepBusy(t, control)
    const expected = `the connection stays open while a message comes every ${EVERY / 1_000} s`
    await expectOpen(t, control, '3.1.4/keep-alive-counts-messages', last, expected)
  },
)

/**
 * Sends an Echo-Request every 40 s. @returns the close of the connection, or else what was seen
 * last.
 */
async function keepBusy<R extends string>(t: EitherTester<R>, control: Control<R>): Promise<Evidence<Timed>> {
  const since = t.stopwatch()
  for (let due = EVERY; ; due += EVERY) {
    let last: Evidence<Timed>
    do {
      const observation = await nextWithin(t, control, due - since.elapsed())
      last = timed(t, observation, since.elapsed())
      if (observation.kind === 'closed') return last
    } while (since.elapsed() < due)
    if (due >= EVERY * TIMES) return last
    control.send('Echo-Request', { identifier: t.unique() })
  }
}
