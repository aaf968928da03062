import { describeObservation, entryOf, scenario } from '../kit.ts'
import { nextWithin, quietConnection } from '../steps/keep-alive.ts'

/**
 * A message every so many ms, so many times: never 60 s of silence, and long enough for two of
 * them.
 */
const EVERY = 40_000
const TIMES = 4

export default scenario(
  {
    id: 'timers/busy',
    purpose: 'A connection on which something is said every 40 seconds stays open.',
    decides: ['3.1.4/keep-alive-counts-messages'],
    provenBy: ['keep-alive-overlooks-messages'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    timer: { wait: EVERY * TIMES },
  },
  async (t) => {
    // Echo-Requests that the IUT sends all the same are answered: it may send them at any time.
    const control = await quietConnection(t)
    const since = t.stopwatch()
    const expected = `the connection stays open while a message comes every ${EVERY / 1_000} s`
    for (let due = EVERY; due <= EVERY * TIMES; due += EVERY) {
      while (since.elapsed() < due) {
        const observation = await nextWithin(t, control, due - since.elapsed())
        if (observation.kind !== 'closed') continue
        t.decide('3.1.4/keep-alive-counts-messages', {
          ok: false,
          expected,
          seen: `${describeObservation(observation)} after ${t.durations(since.elapsed())}`,
          entry: entryOf(observation),
        })
        return
      }
      if (due < EVERY * TIMES) control.send('Echo-Request', { identifier: t.unique() })
    }
    await control.expectAlive('3.1.4/keep-alive-counts-messages', expected)
  },
)
