import { describeObservation, entryOf, scenario } from '../kit.ts'
import { awaitEchoRequest, inItsTime, nextWithin, PATIENCE, quietConnection } from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/echo-reply',
    purpose: 'A connection whose Echo-Request is answered stays, and is watched over further.',
    decides: ['3.1.4/keep-alive-answered', '1.3.1/keep-alive'],
    provenBy: ['keep-alive-ignores-reply'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    timer: { wait: 2 * PATIENCE },
  },
  async (t) => {
    const control = await quietConnection(t, { answerEchoes: false })
    const { message } = await awaitEchoRequest(t, control)
    control.send('Echo-Reply', { identifier: message.identifier, resultCode: 1 })
    const answered = t.stopwatch()
    // Had the reply not counted, the connection would be closed by now: the next Echo-Request is
    // due after as long a time.
    const next = await nextWithin(t, control, PATIENCE)
    if (next.kind === 'closed')
      t.decide(['3.1.4/keep-alive-answered', '1.3.1/keep-alive'], {
        ok: false,
        expected: 'a connection whose Echo-Request was answered stays open',
        seen: `${describeObservation(next)} ${t.durations(answered.elapsed())} after the Echo-Reply`,
        entry: entryOf(next),
      })
    else {
      t.note(`After the Echo-Reply: ${inItsTime(t, next)}, after ${t.durations(answered.elapsed())}`)
      await control.expectAlive(
        ['3.1.4/keep-alive-answered', '1.3.1/keep-alive'],
        'a connection whose Echo-Request was answered stays open',
      )
    }
  },
)
