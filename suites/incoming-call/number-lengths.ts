import { reaction, scenario } from '../kit.ts'
import { attempt } from '../steps/attempt.ts'
import { incomingRequest } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/number-lengths',
    purpose: 'Lengths beyond the fields of the numbers are answered or refused, and do no harm.',
    decides: ['2.9/number-lengths-received', '3/accepts-again'],
    provenBy: ['incoming-hangs-on-number-length'],
    iut: 'both',
    needs: ['incoming-calls'],
    vary: { length: { '65': 65, '65535': 65535 } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    const { length } = t.vary
    control.send(
      'Incoming-Call-Request',
      incomingRequest(t, { dialedNumberLength: length, dialingNumberLength: length }),
    )
    await control.expectOneOf(
      '2.9/number-lengths-received',
      [
        reaction.answers('Incoming-Call-Reply', () => true, 'it answers'),
        reaction.stops(),
        reaction.closes(),
      ],
      t.timers.call,
    )
    control.reset()
    const again = await attempt(() => t.establish())
    t.decide('3/accepts-again', {
      ok: again.why === undefined,
      expected: 'another control connection',
      seen: again.why ?? 'just that',
    })
  },
)
