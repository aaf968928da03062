import { advised, equalTo, fieldOf, reaction, receivedAs, scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'start/twice',
    purpose:
      'A second Start-Control-Connection-Request on an established control connection does not succeed.',
    decides: ['3.1.2/start-when-established', '2.2/result-already-exists'],
    provenBy: ['second-start-succeeds', 'exists-refusal-wrong-result'],
    iut: 'recipient',
  },
  async (t) => {
    const control = await t.establish()
    const fence = t.unique()
    control.send('Start-Control-Connection-Request', startRequest())
    control.send('Echo-Request', { identifier: fence })
    const observation = await control.expectOneOf('3.1.2/start-when-established', [
      REFUSES,
      reaction.closes(),
      reaction.stops(),
      reaction.ignores(fence, 'warn'),
    ])
    const reply = receivedAs(observation, 'Start-Control-Connection-Reply')
    if (reply === undefined || reply.message.resultCode === 1) return
    const alreadyExists = advised(equalTo(3, 'Result Code 3 in a refusal'))
    t.check('2.2/result-already-exists', fieldOf(reply, 'resultCode'), alreadyExists)
  },
)

const REFUSES = reaction.answers(
  'Start-Control-Connection-Reply',
  (reply) => reply.resultCode !== 1,
  'the implementation refuses in a Start-Control-Connection-Reply',
)
