import { scenario } from '../kit.ts'
import { NARROW, useSecondSession } from '../steps/two-sessions.ts'

export default scenario(
  {
    id: 'tunnel/two-calls',
    purpose: 'Two calls have numbers and time-outs of their own: one that stalls does not slow the other.',
    decides: ['1.3.2/key-selects-session', '4.1/numbers-per-session', '4.4/per-session'],
    provenBy: ['gre-ignores-separate-acknowledgment', 'gre-numbers-shared', 'gre-first-call-takes-all'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, NARROW)
    const { own, others } = await useSecondSession(
      t,
      tunnel,
      async () => (await t.placeCall(control, NARROW)).tunnel,
    )
    t.decide('1.3.2/key-selects-session', {
      ok: own.length > 0 && others.length === 0,
      expected: 'in the second call answers to what was asked in it, and no others',
      seen:
        others.length === 0
          ? `${own.length} answers`
          : `answers to Configure-Request ${others.join(', ')} of the first call in the second`,
    })
  },
)
