import { reaction, scenario } from '../kit.ts'

/** Management messages: RFC 2637 names this type, but defines no message of it. */
const MANAGEMENT = 2

export default scenario(
  {
    id: 'message-format/management-message',
    purpose: 'A message with a PPTP Message Type other than 1 is not executed as a control message.',
    decides: ['1.4/management-messages-undefined', '1.4/message-types'],
    provenBy: ['executes-management-messages'],
    iut: 'both',
    vary: { type: { '0': 0, '2-management': MANAGEMENT, '3': 3, '65535': 65535 } },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    const fence = t.unique()
    control.send('Echo-Request', { identifier }, { patch: { pptpMessageType: t.vary.type } })
    control.send('Echo-Request', { identifier: fence })
    const requirement = t.vary.type === MANAGEMENT ? '1.4/management-messages-undefined' : '1.4/message-types'
    await control.expectOneOf(requirement, [
      reaction.closes(),
      reaction.stops(),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.resultCode === 2,
        'the implementation answers with Echo-Reply, Result Code 2 (General Error)',
      ),
      reaction.ignores(fence, 'warn'),
    ])
  },
)
