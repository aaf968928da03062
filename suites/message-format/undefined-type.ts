import { reaction } from '../../harness/scenario/control.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'message-format/undefined-type',
    purpose: 'A Control Message Type that RFC 2637 does not define leads to the connection being closed.',
    decides: ['3/invalid-message'],
    provenBy: ['unknown-type-answered'],
    iut: 'recipient',
    vary: { type: { '0': 0, '16': 16, '255': 255, '65535': 65535 } },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    const fence = t.unique()
    control.send('Echo-Request', { identifier }, { patch: { controlMessageType: t.vary.type } })
    control.send('Echo-Request', { identifier: fence })
    await control.expectOneOf('3/invalid-message', [
      reaction.closes(),
      reaction.stops(),
      reaction.ignores(fence, 'warn'),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.identifier === identifier,
        'it executes the message',
        'fail',
      ),
    ])
  },
)
