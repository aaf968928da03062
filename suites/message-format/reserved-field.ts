import { GeneralError, reaction, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'message-format/reserved-field',
    purpose: 'A reserved field that is not 0 is ignored or answered with Bad-Value.',
    decides: ['2/reserved-received'],
    provenBy: ['closes-on-reserved'],
    iut: 'both',
    vary: { value: { '1': 1, 'all-ones': 0xffff } },
  },
  async (t) => {
    const control = await t.establish()
    const identifier = t.unique()
    control.send('Echo-Request', { identifier }, { patch: { reserved0: t.vary.value } })
    await control.expectOneOf('2/reserved-received', [
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.resultCode === 1,
        'the implementation answers with a successful Echo-Reply',
      ),
      reaction.answers(
        'Echo-Reply',
        (reply) => reply.resultCode === 2 && reply.errorCode === GeneralError.badValue,
        'the implementation answers with Echo-Reply, Error Code 3 (Bad-Value)',
      ),
      reaction.stops('warn'),
      reaction.closes('warn'),
    ])
  },
)
