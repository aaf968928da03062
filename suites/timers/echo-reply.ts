import { scenario } from '../kit.ts'
import {
  awaitEchoRequest,
  expectOpen,
  nextWithin,
  PATIENCE,
  quietConnection,
  timed,
} from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/echo-reply',
    purpose: 'A connection whose Echo-Request is answered stays open, and its keep-alive goes on.',
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
    // If the reply did not count, the connection would close within this wait, about when the next
    // Echo-Request is due.
    const next = timed(t, await nextWithin(t, control, PATIENCE), answered.elapsed())
    t.note(`After the Echo-Reply: ${next.seen}`)
    const expected = 'a connection whose Echo-Request was answered stays open'
    await expectOpen(t, control, ['3.1.4/keep-alive-answered', '1.3.1/keep-alive'], next, expected)
  },
)
