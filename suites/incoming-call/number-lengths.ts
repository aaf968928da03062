import { factOf, holds, reaction, scenario } from '../kit.ts'
import { establishAnother } from '../steps/attempt.ts'
import { ring } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/number-lengths',
    purpose:
      'Number lengths above the 64 octets of their fields are answered or end the connection, and new connections are still accepted.',
    decides: ['2.9/number-lengths-received', '3/accepts-again'],
    provenBy: ['incoming-hangs-on-number-length'],
    iut: 'both',
    needs: ['incoming-calls'],
    vary: { length: [65, 65535] },
  },
  async (t) => {
    const { length } = t.vary
    const { control } = await ring(t, { dialedNumberLength: length, dialingNumberLength: length })
    const answers = reaction.answers(
      'Incoming-Call-Reply',
      () => true,
      'the implementation answers with Incoming-Call-Reply',
    )
    const allowed = [answers, reaction.stops(), reaction.closes()] as const
    await control.expectOneOf('2.9/number-lengths-received', allowed, t.timers.call)
    control.reset()
    const { why } = await establishAnother(t)
    const another = 'another control connection is established'
    t.check('3/accepts-again', factOf(why === undefined, another, why ?? ''), holds(another))
  },
)
