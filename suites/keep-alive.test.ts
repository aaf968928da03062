import { expect, test } from 'vitest'
import { referenceImplementation } from '../harness/implementations/embedded.ts'
import type { Configuration } from '../harness/reference/configuration.ts'
import type { MutantName } from '../harness/reference/mutants.ts'
import { play } from '../harness/scenario/play.ts'
import { casesOf, type Scenario } from '../harness/scenario/scenario.ts'
import noEchoReplies from './timers/no-echo-reply.ts'
import silences from './timers/silence.ts'

const [[noEchoReply], [silence]] = [noEchoReplies, silences]

async function playOn(scenario: Scenario, configuration: Partial<Configuration>, fault?: MutantName) {
  const implementation = referenceImplementation({ configuration, ...(fault === undefined ? {} : { fault }) })
  const [replica] = await implementation.start(1, () => {})
  const [one] = casesOf(scenario)
  if (replica === undefined || one === undefined) throw new Error('nothing to play')
  return replica.play(async () => {
    const network = await replica.openNetwork()
    const { address, timers } = replica
    const played = await play(one, { network, address, timers, startedAt: 0, firstUnique: 1_000 })
    await network.close()
    return played
  })
}

test.each([
  ['one', 1],
  ['many', 6],
] as const)(
  'the reference passes with %s connections per peer: %i play',
  async (connectionsPerPeer, count) => {
    for (const scenario of [silence, noEchoReply]) {
      const { result, trace } = await playOn(scenario, { connectionsPerPeer })
      expect(result).toMatchObject({ verdict: 'pass' })
      expect(result.reason).toBeUndefined()
      // Echo-Request is the one message of 16 octets.
      const requests = trace.entries.filter(
        (entry) => entry.kind === 'tcp-data' && entry.from === 'iut' && entry.octets.length === 16,
      )
      expect(requests).toHaveLength(count)
    }
  },
)

test('the worst of several connections decides', async () => {
  const late = await playOn(silence, { connectionsPerPeer: 'many' }, 'keep-alive-late')
  expect(late.result.findings).toMatchObject([{ verdict: 'warn', seen: 'Echo-Request after 180 s' }])
  const never = await playOn(noEchoReply, { connectionsPerPeer: 'many' }, 'keep-alive-never-closes')
  expect(never.result.findings[0]).toMatchObject({
    requirement: '3.1.4/keep-alive-unanswered',
    verdict: 'warn',
    seen: 'still open: nothing for 200 s after the Echo-Request',
  })
})
