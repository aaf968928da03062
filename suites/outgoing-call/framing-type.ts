import { GeneralError, reaction, receivedAs, scenario } from '../kit.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'outgoing-call/framing-type',
    purpose: 'An undefined Framing Type is not answered with success.',
    decides: ['2.7/framing-type', '2.16/bad-value'],
    provenBy: ['accepts-bad-framing', 'call-refusal-wrong-error', 'call-refusal-undefined-error'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { type: { '0': 0, '4': 4, '0xFFFFFFFF': 0xffffffff } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    control.send('Outgoing-Call-Request', t.callRequest({ framingType: t.vary.type }))
    const observation = await control.expectOneOf(
      '2.7/framing-type',
      [
        reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses the call'),
        reaction.closes(),
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
