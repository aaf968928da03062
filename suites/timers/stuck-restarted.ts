import { type Control, factOf, holds, Inconclusive, scenario, type Tester } from '../kit.ts'
import { nextWithin, PATIENCE, pastClearing } from '../steps/keep-alive.ts'
import { answersStop } from '../steps/originator.ts'

export default scenario(
  {
    id: 'timers/stuck-restarted',
    purpose:
      'After it closed the connection over a call request without a reply, the originator opens another one.',
    decides: ['3.2.1/stuck-restarted'],
    provenBy: ['never-restarts'],
    iut: 'originator',
    needs: ['persists'],
    timer: { wait: PATIENCE },
  },
  async (t) => {
    const { dial, control } = await t.accept()
    await control.await('Outgoing-Call-Request', t.timers.request)
    await requireClose(t, control)
    const window = t.timers.dial + t.implementationTime(RESTART)
    const again = await dial.nextConnection({ window })
    const none = `no other connection within ${Math.round(window)} ms of the close`
    const connects = factOf(again !== undefined, 'another connection', none)
    t.check('3.2.1/stuck-restarted', connects, holds('another connection'))
    await again?.expect('3.2.1/stuck-restarted', 'Start-Control-Connection-Request')
  },
)

/** ms of the IUT's own time, besides those of a dial, within which it opens another connection. */
const RESTART = 10_000

/**
 * @throws Inconclusive where the IUT does not close the connection over a call request without a
 * reply.
 */
async function requireClose<R extends string>(t: Tester<R>, control: Control<R>): Promise<void> {
  const asked = t.stopwatch()
  const first = await nextWithin(t, control, PATIENCE)
  let observation = await pastClearing(t, control, first, asked, PATIENCE)
  if (answersStop(control, observation)) observation = await control.next(t.timers.close)
  if (observation.kind !== 'closed')
    throw new Inconclusive(
      'the implementation does not close the connection over a call request without a reply',
    )
}
