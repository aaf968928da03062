import { describeObservation, entryOf, reaction, receivedAs, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/undefined-type',
    purpose: 'A Control Message Type that RFC 2637 does not define leads to the connection being closed.',
    decides: ['3/invalid-message', '1.4/undefined-codes-received'],
    provenBy: ['unknown-type-answered'],
    iut: 'both',
    vary: { type: { '0': 0, '16': 16, '255': 255, '65535': 65535 } },
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
        'it executes the message',
        'fail',
      ),
    ])
    const reply = receivedAs(observation, 'Echo-Reply')?.message
    t.decide('1.4/undefined-codes-received', {
      ok: reply === undefined || reply.identifier === fence || reply.resultCode === 2,
      expected: 'the message is not executed',
      seen: describeObservation(observation),
      entry: entryOf(observation),
    })
  },
)
