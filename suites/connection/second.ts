import {
  advised,
  type Control,
  describeObservation,
  type Evidence,
  entryOf,
  equalTo,
  evidence,
  fieldOf,
  holds,
  Inconclusive,
  type Observation,
  receivedAs,
  scenario,
  startRequest,
  type Tester,
} from '../kit.ts'

export default scenario(
  {
    id: 'connection/second',
    purpose: 'A second control connection from the same address is refused, or takes the place of the first.',
    decides: ['3.1.3/one-connection', '2.2/result-already-exists'],
    provenBy: ['accepts-second-connection', 'exists-refusal-wrong-result'],
    iut: 'recipient',
  },
  async (t) => {
    const first = await t.establish()
    const second = await t.connect()
    second.send('Start-Control-Connection-Request', startRequest())
    const observation = await second.next()
    if (observation.kind === 'out-of-step')
      throw new Inconclusive(
        `the second connection can no longer be read: ${describeObservation(observation)}`,
      )
    t.check('3.1.3/one-connection', await oneRefused(t, first, second, observation), advised(ONE_REFUSED))
    const reply = receivedAs(observation, 'Start-Control-Connection-Reply')
    if (reply === undefined || reply.message.resultCode === 1) return
    // Only a warning: the IUT may refuse for another reason, such as a limit on connections.
    const alreadyExists = advised(equalTo(3, 'Result Code 3 in a refusal'))
    t.check('2.2/result-already-exists', fieldOf(reply, 'resultCode'), alreadyExists)
  },
)

const ONE_REFUSED = holds('one of the two connections is refused or ended')

/**
 * Whether one of the two connections is refused or ended: the second, as its first observation
 * `answer` shows, or later the first.
 */
async function oneRefused<R extends string>(
  t: Tester<R>,
  first: Control<R>,
  second: Control<R>,
  answer: Observation,
): Promise<Evidence<boolean>> {
  const entry = entryOf(answer)
  if (receivedAs(answer, 'Start-Control-Connection-Reply')?.message.resultCode !== 1)
    return evidence(true, `second connection: ${describeObservation(answer)}`, entry)
  // The IUT may also end the first connection, a little later.
  const end = await first.next(t.timers.close)
  const together = end.kind === 'silence' && (await first.isAlive()) && (await second.isAlive())
  const seen = together
    ? 'both connections answer an Echo-Request'
    : `first connection: ${describeObservation(end)}`
  return evidence(!together, seen, entry)
}
