import { entryOf, receivedAs, scenario } from '../kit.ts'
import {
  awaitEchoRequest,
  inItsTime,
  MINUTE,
  nextWithin,
  PATIENCE,
  quietConnection,
} from '../steps/keep-alive.ts'

export default scenario(
  {
    id: 'timers/other-echo-reply',
    purpose:
      'An Echo-Reply with another Identifier does not save a connection whose Echo-Request waits for its own.',
    decides: ['2.5/identifier-matched'],
    provenBy: ['keep-alive-any-identifier', 'keep-alive-never-closes'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    readings: ['A-26', 'A-30'],
    timer: { wait: 2 * PATIENCE },
  },
  async (t) => {
    const control = await quietConnection(t, { answerEchoes: false })
    const { message } = await awaitEchoRequest(t, control)
    const since = t.stopwatch()
    control.send('Echo-Reply', { identifier: (message.identifier ^ 0x5555_0000) >>> 0, resultCode: 1 })
    let observation = await nextWithin(t, control, PATIENCE)
    // Having taken that for its answer it would ask anew; a retry before the time is up is another
    // matter.
    const askedAgain = receivedAs(observation, 'Echo-Request') !== undefined
    while (receivedAs(observation, 'Echo-Request') !== undefined)
      observation = await nextWithin(t, control, PATIENCE - since.elapsed())
    // May announce the end, that of its call first.
    while (receivedAs(observation, 'Call-Clear-Request') !== undefined) observation = await control.next()
    const stops = receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined
    const after = since.elapsed()
    const { latest } = t.timerWindow(MINUTE)
    const ended = stops || observation.kind === 'closed'
    t.decide('2.5/identifier-matched', {
      // When it closes is decided elsewhere.
      ok: ended && (!askedAgain || after <= latest),
      expected: 'the connection ends, because Echo-Request was answered with another Identifier only',
      seen: ended
        ? `it ended after ${t.durations(after)}${askedAgain ? ', and another Echo-Request' : ''}`
        : inItsTime(t, observation),
      entry: entryOf(observation),
      // whether any message at all shows that the peer lives can be argued.
      otherwise: 'warn',
    })
  },
)
