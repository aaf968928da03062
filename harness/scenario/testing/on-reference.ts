import { referenceImplementation } from '../../implementations/embedded.ts'
import { type Played, play } from '../play.ts'
import { casesOf, type Scenario } from '../scenario.ts'
import type { ScenarioResult } from '../verdict.ts'

/** Plays the first case of a scenario, of either role, on the reference. Returns the result. */
export async function onReference(one: Scenario): Promise<ScenarioResult> {
  return (await playedOnReference(one)).result
}

/** Plays the first case of a scenario on the reference. Returns the result and the trace. */
export async function playedOnReference(one: Scenario): Promise<Played> {
  const [first] = casesOf(one)
  const [replica] = await referenceImplementation().start(1, () => {})
  if (first === undefined || replica === undefined) throw new Error('nothing to play')
  return replica.play(async () => {
    const network = await replica.openNetwork()
    const { address, timers, testerAddresses = [], dial } = replica
    const played = await play(first, {
      network,
      address,
      timers,
      testerAddresses,
      dial,
      startedAt: 0,
      firstUnique: 1,
    })
    await network.close()
    return played
  })
}
