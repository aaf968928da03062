import { entryOf, receivedAs, scenario } from '../kit.ts'
import { inItsTime, MINUTE, nextWithin, PATIENCE, silentConnections } from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/silence',
    purpose: 'Echo-Request is sent on an established connection that has been silent for 60 seconds.',
    decides: ['3.1.4/keep-alive-sent'],
    provenBy: ['keep-alive-missing', 'keep-alive-late'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    readings: ['A-35'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const { latest } = t.timerWindow(MINUTE)
    const samples = await Promise.all(
      (await silentConnections(t)).map(async ({ control, since }) => {
        const observation = await nextWithin(t, control, PATIENCE)
        const sent = receivedAs(observation, 'Echo-Request') !== undefined
        return { observation, sent, after: since.elapsed() }
      }),
    )
    // Those that never came are graver than the late ones.
    const [worst, ...others] = [...samples].sort(
      (a, b) => Number(a.sent) - Number(b.sent) || b.after - a.after,
    )
    if (worst === undefined) return
    t.decide('3.1.4/keep-alive-sent', {
      ok: worst.sent && worst.after <= latest,
      expected: 'Echo-Request after 60 s without a message, or sooner',
      seen: worst.sent
        ? `Echo-Request after ${t.durations(worst.after, ...others.map(({ after }) => after))}`
        : inItsTime(t, worst.observation),
      entry: entryOf(worst.observation),
    })
  },
)
