import { expect, test } from 'vitest'
import { SCENARIOS } from '../../suites/index.ts'
import { MONITORS } from '../../suites/monitors/index.ts'
import { playOnReference } from '../proof/prove-case.ts'
import { createFaults } from '../reference/faults.ts'
import { casesOf } from '../scenario/scenario.ts'
import { readCapture } from '../trace/capture.ts'
import { readFrames } from '../trace/capture-file.ts'
import { readTrace } from '../trace/messages.ts'
import { writePcapng } from '../trace/pcapng.ts'
import { strangerIn } from '../trace/stranger.ts'
import { judgeConversation } from './judgement.ts'
import { disturbed } from './testing/disturbances.ts'

/** How many disturbances are tried: DISTURBANCES=1000 tries a thousand. */
const COUNT = Number(process.env.DISTURBANCES ?? 60)

/**
 * What a disturbance does that is not allowed for yet: DISTURBANCES_OF_ALL_KINDS=1 tries it, too.
 * TCP acknowledgments would show the true order of the segments of both directions.
 */
const NOT_ALLOWED_FOR = process.env.DISTURBANCES_OF_ALL_KINDS === '1' ? [] : ['order changed within 5 ms']

/** Accusations of both ends in a capture: role, requirement and verdict. */
function accusationsIn(octets: Uint8Array): ReadonlyMap<string, string> {
  const { conversations } = readCapture(octets)
  return new Map(
    conversations
      .filter((one) => strangerIn(one) === undefined)
      .flatMap((one) =>
        judgeConversation(one, MONITORS).ends.flatMap(({ address, findings }) =>
          findings
            .filter(({ verdict }) => verdict === 'fail')
            .map(({ requirement, seen }): [string, string] => [`${address} ${requirement}`, seen]),
        ),
      ),
  )
}

/** Sound captures: plays of the reference, of scenarios that are spread over all topics. */
async function soundCaptures(): Promise<readonly { readonly id: string; readonly octets: Uint8Array }[]> {
  const topics = new Map<string, number>()
  const captures: { readonly id: string; readonly octets: Uint8Array }[] = []
  for (const one of SCENARIOS.flatMap(casesOf)) {
    const topic = one.id.split('/')[0] ?? ''
    const { tags, impairment } = one.scenario
    if ((topics.get(topic) ?? 0) >= 2 || tags.includes('long') || impairment !== undefined) continue
    topics.set(topic, (topics.get(topic) ?? 0) + 1)
    const { trace } = await playOnReference(one, createFaults())
    if (trace.entries.length === 0 || trace.entries.length > 500) continue
    const { octets } = writePcapng(readTrace(trace))
    // Others have octets that are no packets.
    if ([...readFrames(octets, one.id, () => {})].every(({ linkType }) => linkType === 101))
      captures.push({ id: one.id, octets })
  }
  return captures
}

test(`no disturbance of a sound capture accuses anybody (${COUNT} disturbances)`, async () => {
  const captures = await soundCaptures()
  expect(captures.length).toBeGreaterThan(10)
  const found: string[] = []
  for (let seed = 0; seed < COUNT; seed++) {
    const { id, octets } = captures[seed % captures.length] ?? { id: '', octets: new Uint8Array(0) }
    const before = accusationsIn(octets)
    const { what, capture } = disturbed(octets, seed)
    if (NOT_ALLOWED_FOR.includes(what)) continue
    for (const [accusation, seen] of accusationsIn(capture))
      if (!before.has(accusation)) found.push(`${seed} ${id} ${what}: ${accusation}: ${seen}`)
  }
  expect(found).toEqual([])
}, 600_000)
