import { Inconclusive, receivedAs, scenario } from '../kit.ts'
import { nextWithin, PATIENCE, pastClearing } from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/stuck-restarted',
    purpose: 'Having closed the connection over a call that nobody answered, it opens another one.',
    decides: ['3.2.1/stuck-restarted'],
    provenBy: ['never-restarts'],
    iut: 'originator',
    needs: ['persists'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const { dial, control } = await t.accept()
    await control.await('Outgoing-Call-Request', t.timers.request)
    const asked = t.stopwatch()
    const first = await nextWithin(t, control, PATIENCE)
    let observation = await pastClearing(t, control, first, asked, PATIENCE)
    if (receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined) {
      control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
      observation = await control.next(t.timers.close)
    }
    if (observation.kind !== 'closed')
      throw new Inconclusive('it does not close the connection over a call that nobody answers')
    const again = await dial.nextConnection({ window: t.timers.dial + t.implementationTime(RESTART) })
    t.decide('3.2.1/stuck-restarted', {
      ok: again !== undefined,
      expected: 'another connection',
      seen: again === undefined ? 'none' : 'another connection',
    })
    await again?.expect('3.2.1/stuck-restarted', 'Start-Control-Connection-Request')
  },
)

/** Who starts anew does so within that time, in ms of its own. */
const RESTART = 10_000
