import { scenario } from '../kit.ts'
import {
  awaitEchoRequest,
  expectOpen,
  nextWithin,
  PATIENCE,
  quietConnection,
  staysOpen,
  timed,
} from '../steps/keep-alive.ts'

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
      'An Echo-Reply after 45 seconds keeps the connection open, even if one with another Identifier came before.',
    decides: ['3.1.4/keep-alive-patience', '3.1.4/keep-alive-answered'],
    provenBy: ['keep-alive-closes-early', 'keep-alive-ignores-reply'],
    iut: 'both',
    needs: { recipient: [], originator: ['ppp'] },
    timer: { wait: PATIENCE + LATE + AFTERWARDS },
    vary: { before: { nothing: false, 'another-identifier': true } },
  },
  async (t) => {
    const control = await quietConnection(t, { answerEchoes: false })
    const { identifier } = (await awaitEchoRequest(t, control)).message
    const since = t.stopwatch()
    if (t.vary.before)
      control.send('Echo-Reply', { identifier: (identifier ^ 0x5555_0000) >>> 0, resultCode: 1 })
    const early = timed(t, await nextWithin(t, control, LATE), since.elapsed())
    t.check(
      '3.1.4/keep-alive-patience',
      early,
      staysOpen('the connection stays open for 60 s after an Echo-Request that is not answered'),
    )
    if (early.value.observation.kind === 'closed') return
    control.send('Echo-Reply', { identifier, resultCode: 1 })
    const later = timed(t, await nextWithin(t, control, AFTERWARDS), since.elapsed())
    const expected = 'the connection stays open after the Echo-Reply'
    await expectOpen(t, control, '3.1.4/keep-alive-answered', later, expected)
  },
)
