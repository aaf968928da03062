import { is, scenario } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { NARROW, secondSession, useSecondSession } from '../steps/two-sessions.ts'

export default scenario(
  {
    id: 'tunnel/two-calls',
    purpose:
      'Each of two calls has its own sequence numbers and time-outs: a call that stalls does not slow the other.',
    decides: ['1.3.2/key-selects-session', '4.1/numbers-per-session', '4.4/per-session'],
    provenBy: ['gre-ignores-separate-acknowledgment', 'gre-numbers-shared', 'gre-first-call-takes-all'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const { control, tunnel } = await establishedCall(t, NARROW)
    const answers = await useSecondSession(t, tunnel, async () => (await t.placeCall(control, NARROW)).tunnel)
    const expected = 'in the second call, answers to the requests sent in it, and no others'
    t.check(
      '1.3.2/key-selects-session',
      secondSession(answers),
      is(expected, ({ own, others }) => own.length > 0 && others.length === 0),
    )
  },
)
