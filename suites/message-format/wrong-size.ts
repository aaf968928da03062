import { GeneralError } from '../../harness/protocol/messages.ts'
import { reaction } from '../../harness/scenario/control.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'message-format/wrong-size',
    purpose: "A message whose Length is not its type's is not executed, even where its octets are all there.",
    decides: ['2.16/bad-format'],
    provenBy: ['accepts-wrong-size', 'never-closes-on-bad-length'],
    iut: 'recipient',
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
    await control.expectOneOf('2.16/bad-format', [
      reaction.closes(),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.resultCode === 2 && reply.errorCode === GeneralError.badFormat,
        'it answers Echo-Reply with Bad-Format',
      ),
      reaction.ignores(fence, 'warn'),
    ])
  },
)
