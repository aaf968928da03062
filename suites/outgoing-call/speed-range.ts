import { GeneralError, reaction, receivedAs, scenario } from '../kit.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'outgoing-call/speed-range',
    purpose: 'A Minimum BPS above the Maximum BPS is refused rather than served.',
    decides: ['2.7/speed-range', '2.16/bad-value'],
    provenBy: ['accepts-inverted-speeds', 'call-refusal-wrong-error', 'call-refusal-undefined-error'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    control.send('Outgoing-Call-Request', t.callRequest({ minimumBps: 64_000, maximumBps: 300 }))
    const observation = await control.expectOneOf(
      '2.7/speed-range',
      [
        reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses the call'),
        reaction.closes(),
        reaction.answers('Outgoing-Call-Reply', () => true, 'it accepts the call', 'warn'),
      ],
      t.timers.call,
    )
    decideErrorCode(
      t,
      '2.16/bad-value',
      receivedAs(observation, 'Outgoing-Call-Reply'),
      GeneralError.badValue,
    )
  },
)
