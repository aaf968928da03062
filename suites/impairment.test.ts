import { describe, expect, test } from 'vitest'
import { referenceImplementation } from '../harness/implementations/embedded.ts'
import type { Implementation } from '../harness/implementations/implementation.ts'
import type { Impairment } from '../harness/network/impaired.ts'
import { createFaults } from '../harness/reference/faults.ts'
import type { MutantName } from '../harness/reference/mutants.ts'
import { judgeTrace } from '../harness/scenario/monitor.ts'
import { play } from '../harness/scenario/play.ts'
import { casesOf, type ScenarioCase } from '../harness/scenario/scenario.ts'
import type { WatchedFinding } from '../harness/scenario/verdict.ts'
import { readCapture } from '../harness/trace/capture.ts'
import { readTrace } from '../harness/trace/messages.ts'
import { writePcapng } from '../harness/trace/pcapng.ts'
import type { Trace } from '../harness/trace/trace.ts'
import { SCENARIOS } from './index.ts'
import { MONITORS } from './monitors/index.ts'

const IMPAIRMENTS: Readonly<Record<string, Impairment>> = {
  loss: { loss: 0.3 },
  'packets that overtake each other': { reordering: 1 },
  duplicates: { duplication: 1 },
  delay: { delay: 300, jitter: 900 },
  everything: { loss: 0.1, duplication: 0.2, reordering: 0.3, delay: 5, jitter: 100 },
}
const CASES = SCENARIOS.flatMap(casesOf).filter(
  ({ scenario, needs }) =>
    scenario.iut === 'recipient' &&
    scenario.impairment === undefined &&
    !needs.includes('second-address') &&
    /^(tunnel|call-clear|call-disconnect|incoming-call)\//.test(scenario.id),
)

async function playImpaired(one: ScenarioCase, both: Impairment, fault?: MutantName): Promise<Trace> {
  const implementation: Implementation = referenceImplementation({ faults: createFaults(fault) })
  const [replica] = await implementation.start(1, () => {})
  if (replica === undefined) throw new Error('the reference did not start')
  try {
    await replica.configure?.(one.scenario.profile ?? 'usual')
    return await replica.play(async () => {
      const network = await replica.openNetwork()
      const { trace } = await play(one, {
        network,
        address: replica.address,
        ...(replica.testerAddresses === undefined ? {} : { testerAddresses: replica.testerAddresses }),
        timers: replica.timers,
        startedAt: 0,
        firstUnique: 1_000,
        seed: 1,
        impairment: { send: both, receive: both },
      })
      await network.close()
      return trace
    })
  } finally {
    await replica.stop()
  }
}

function verdicts(findings: readonly WatchedFinding[]): readonly string[] {
  return findings.map(({ monitor, requirement, verdict }) => `${monitor} ${requirement}: ${verdict}`).sort()
}

describe.each(Object.entries(IMPAIRMENTS))('on a path with %s', (_, impairment) => {
  test('monitors find no violation in the reference, in its trace and in a capture of it', {
    timeout: 60_000,
  }, async () => {
    let impaired = 0
    for (const one of CASES) {
      const trace = await playImpaired(one, impairment)
      if (!trace.entries.some(({ kind }) => kind === 'impairment')) continue
      impaired++
      const reading = readTrace(trace)
      const findings = judgeTrace(reading, 'iut', MONITORS)
      expect(findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
      const conversations = readCapture(writePcapng(reading).octets).conversations
      expect(
        conversations.map(({ trace }) => verdicts(judgeTrace(readTrace(trace), 'iut', MONITORS))),
      ).toEqual([verdicts(findings)])
    }
    expect(impaired).toBeGreaterThan(10)
  })
})

test.each([
  ['gre-sequence-skips', '4.1/consecutive'],
  ['gre-first-sequence-one', '4.1/first-sequence-number'],
  ['gre-acknowledges-unsent', '4.1/acknowledges-received'],
  ['gre-flags-set', '4.1/flags-zero'],
] as const)('%s is caught on an impaired path', { timeout: 60_000 }, async (mutant, requirement) => {
  const broken = new Set<string>()
  for (const one of CASES) {
    const trace = await playImpaired(one, IMPAIRMENTS.everything ?? {}, mutant)
    for (const finding of judgeTrace(readTrace(trace), 'iut', MONITORS))
      if (finding.verdict !== 'pass') broken.add(finding.requirement)
  }
  expect([...broken]).toContain(requirement)
})
