import { describeObservation, entryOf, scenario } from '../kit.ts'
import { awaitEchoRequest, nextWithin, PATIENCE, quietConnection } from '../steps/keep-alive.ts'

/**
 * How long the Echo-Request waits for its reply, and how long the connection is watched afterwards:
 * together well over 60 s. In ms.
 */
const LATE = 45_000
const AFTERWARDS = 40_000

export default scenario(
  {
    id: 'timers/late-echo-reply',
    purpose:
      'An Echo-Reply that takes 45 seconds saves the connection, also when one with another Identifier came before.',
    decides: ['3.1.4/keep-alive-patience', '3.1.4/keep-alive-answered'],
    provenBy: ['keep-alive-closes-early', 'keep-alive-ignores-reply'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    timer: { wait: PATIENCE + LATE + AFTERWARDS },
    vary: { before: { nothing: false, 'another-identifier': true } },
  },
  async (t) => {
    const control = await quietConnection(t, { answerEchoes: false })
    const { message } = await awaitEchoRequest(t, control)
    const { identifier } = message
    const since = t.stopwatch()
    const seen = (what: string) => `${what} ${t.durations(since.elapsed())} after the Echo-Request`
    if (t.vary.before)
      control.send('Echo-Reply', { identifier: (identifier ^ 0x5555_0000) >>> 0, resultCode: 1 })

    const early = await nextWithin(t, control, LATE)
    t.decide('3.1.4/keep-alive-patience', {
      ok: early.kind !== 'closed',
      expected: 'an Echo-Request has 60 s to be answered',
      seen: seen(early.kind === 'closed' ? describeObservation(early) : 'the connection is open'),
      entry: entryOf(early),
    })
    if (early.kind === 'closed') return

    control.send('Echo-Reply', { identifier, resultCode: 1 })
    const later = await nextWithin(t, control, AFTERWARDS)
    if (later.kind === 'closed')
      t.decide('3.1.4/keep-alive-answered', {
        ok: false,
        expected: 'the connection stays open',
        seen: seen(describeObservation(later)),
        entry: entryOf(later),
      })
    else await control.expectAlive('3.1.4/keep-alive-answered', 'the connection stays open')
  },
)
