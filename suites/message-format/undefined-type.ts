import { is, type Observation, observed, reaction, receivedAs, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/undefined-type',
    purpose: 'A Control Message Type that RFC 2637 does not define leads to the connection being closed.',
    decides: ['3/invalid-message', '1.4/undefined-codes-received'],
    provenBy: ['unknown-type-answered'],
    iut: 'both',
    vary: { type: [0, 16, 255, 65535] },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    const fence = t.unique()
    control.send('Echo-Request', { identifier }, { patch: { controlMessageType: t.vary.type } })
    control.send('Echo-Request', { identifier: fence })
    const observation = await control.expectOneOf('3/invalid-message', [
      reaction.closes(),
      reaction.stops(),
      reaction.ignores(fence, 'warn'),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.identifier === identifier,
        'the implementation executes the message',
        'fail',
      ),
    ])
    t.check('1.4/undefined-codes-received', observed(observation), notExecuted(fence))
  },
)

/** Expects no successful Echo-Reply, except to the fence, which was sent after the message. */
function notExecuted(fence: number) {
  return is<Observation>('no successful Echo-Reply to the message of an undefined type', (one) => {
    const reply = receivedAs(one, 'Echo-Reply')?.message
    return reply === undefined || reply.identifier === fence || reply.resultCode === 2
  })
}
