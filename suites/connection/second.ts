import { describeObservation, entryOf, Inconclusive, receivedAs, scenario, startRequest } from '../kit.ts'

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
    const reply = receivedAs(observation, 'Start-Control-Connection-Reply')
    if (observation.kind === 'out-of-step')
      throw new Inconclusive(
        `the second connection can no longer be read: ${describeObservation(observation)}`,
      )
    const expected = 'one of the two connections refused or ended'
    if (reply?.message.resultCode !== 1) {
      t.decide('3.1.3/one-connection', {
        ok: true,
        expected,
        seen: `the second: ${describeObservation(observation)}`,
        entry: entryOf(observation),
      })
      if (reply !== undefined)
        t.decide('2.2/result-already-exists', {
          ok: reply.message.resultCode === 3,
          expected: 'Result Code 3 in a refusal',
          seen: `Result Code ${reply.message.resultCode}`,
          entry: reply.entry,
          // It may have other reasons to refuse: that so many connections are enough, say.
          otherwise: 'warn',
        })
      return
    }
    // Replacing the first is right as well, and takes its time.
    const end = await first.next(t.timers.close)
    const together = end.kind === 'silence' && (await first.isAlive()) && (await second.isAlive())
    t.decide('3.1.3/one-connection', {
      ok: !together,
      expected,
      seen: together ? 'both serve an Echo-Request' : `the first: ${describeObservation(end)}`,
      entry: reply.entry,
      otherwise: 'warn',
    })
  },
)
