import { GeneralError, reaction, receivedAs, scenario } from '../kit.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'message-format/wrong-size',
    purpose:
      'A message whose Length is not that of its type is not executed, even if all of its octets came.',
    decides: ['2.16/bad-format', '2.16/bad-format-code'],
    provenBy: {
      recipient: ['accepts-wrong-size', 'never-closes-on-bad-length', 'bad-format-wrong-error'],
      originator: ['accepts-wrong-size', 'never-closes-on-bad-length'],
    },
    iut: 'both',
    vary: {
      size: {
        'four-too-many': { patch: { length: 20 }, append: new Uint8Array(4) },
        'four-missing': { patch: { length: 12 }, truncate: 12 },
      },
    },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    const fence = t.unique()
    control.send('Echo-Request', { identifier }, t.vary.size)
    control.send('Echo-Request', { identifier: fence })
    const observation = await control.expectOneOf('2.16/bad-format', [
      reaction.stops(),
      reaction.closes(),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.resultCode === 2,
        'the implementation answers with Echo-Reply, Result Code 2 (General Error)',
      ),
      reaction.ignores(fence, 'warn'),
    ])
    decideErrorCode(t, '2.16/bad-format-code', receivedAs(observation, 'Echo-Reply'), GeneralError.badFormat)
  },
)
