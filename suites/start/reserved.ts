import { GeneralError, reaction, scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/reserved',
    purpose:
      'A Start-Control-Connection-Request whose reserved field is not 0 succeeds or is answered with Bad-Value.',
    decides: ['2/reserved-received'],
    provenBy: ['closes-on-reserved'],
    iut: 'recipient',
    vary: { field: ['reserved0', 'reserved1'] },
  },
  async (t) => {
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest(), { patch: { [t.vary.field]: 1 } })
    await control.expectOneOf('2/reserved-received', SERVED_OR_BAD_VALUE)
  },
)

const SERVED_OR_BAD_VALUE = [
  reaction.answers(
    'Start-Control-Connection-Reply',
    (reply) => reply.resultCode === 1,
    'the implementation replies with success',
  ),
  reaction.answers(
    'Start-Control-Connection-Reply',
    (reply) => reply.resultCode === 2 && reply.errorCode === GeneralError.badValue,
    'the implementation replies with Error Code 3 (Bad-Value)',
  ),
  reaction.closes('warn'),
] as const
