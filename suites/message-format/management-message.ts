import { reaction } from '../../harness/scenario/control.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'message-format/management-message',
    purpose: 'A message with another PPTP Message Type than 1 is not executed as a control message.',
    decides: ['1.4/management-messages-undefined'],
    provenBy: ['executes-management-messages'],
    iut: 'recipient',
    vary: { type: { '0': 0, '2-management': 2, '255': 255 } },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    const fence = t.unique()
    control.send('Echo-Request', { identifier }, { patch: { pptpMessageType: t.vary.type } })
    control.send('Echo-Request', { identifier: fence })
    await control.expectOneOf('1.4/management-messages-undefined', [
      reaction.closes(),
      reaction.stops(),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.resultCode === 2,
        'it answers Echo-Reply with General Error',
      ),
      reaction.ignores(fence, 'warn'),
    ])
  },
)
