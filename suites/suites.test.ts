import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { referenceImplementation } from '../harness/implementations/embedded.ts'
import { playOnReference } from '../harness/proof/prove-case.ts'
import { createFaults } from '../harness/reference/faults.ts'
import type { MutantName } from '../harness/reference/mutants.ts'
import {
  casesOf,
  inapplicable,
  type Scenario,
  type ScenarioCase,
  scenarioName,
} from '../harness/scenario/scenario.ts'
import type { ScenarioResult } from '../harness/scenario/verdict.ts'
import { REQUIREMENTS } from './catalogue.ts'
import { SCENARIOS } from './index.ts'

/** Plays cases on the reference, or on one of its mutants, under virtual time. */
async function playAll(
  cases: readonly ScenarioCase[],
  fault?: MutantName,
): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = []
  for (const one of cases) results.push((await playOnReference(one, createFaults(fault))).result)
  return results
}

function blemishes(result: ScenarioResult) {
  return result.findings.filter((finding) => finding.verdict !== 'pass')
}

describe.each(SCENARIOS.map((scenario) => [scenarioName(scenario), scenario] as const))(
  '%s',
  (_, scenario: Scenario) => {
    const cases = casesOf(scenario)

    test('applies to the reference, which passes every case', async () => {
      const { pics } = referenceImplementation()
      expect(cases.flatMap((one) => inapplicable(one, pics) ?? [])).toEqual([])
      for (const result of await playAll(cases))
        expect({ ...result, blemishes: blemishes(result) }).toMatchObject({ verdict: 'pass', blemishes: [] })
    })

    test('decides every requirement that it declares', async () => {
      const decided = new Set(
        (await playAll(cases)).flatMap(({ findings }) => findings.map((one) => one.requirement)),
      )
      expect([...decided].sort()).toEqual([...scenario.decides].sort())
    })

    test.each(scenario.provenBy)('fails on the mutant %s', async (mutant) => {
      const results = await playAll(cases, mutant as MutantName)
      const caught = results.filter((result) => result.verdict === 'fail' || result.verdict === 'warn')
      expect(
        caught.length,
        `verdicts: ${results.map((one) => `${one.scenario} ${one.verdict} ${one.reason ?? ''}`)}`,
      ).not.toBe(0)
    })
  },
)

describe('the catalogue', () => {
  test('case ids are unique', () => {
    const ids = SCENARIOS.flatMap(casesOf).map((one) => one.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('every file of a topic holds a scenario whose id is its path', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(?!monitors\/|requirements\/).*\/.*\.ts$/.test(file))
      .map((file) => file.replace(/\.ts$/, ''))
    expect([...new Set(SCENARIOS.map(({ id }) => id))]).toEqual(files.sort())
  })

  test('scenarios decide what can be observed; what none decides for a recipient is printed', () => {
    const decided = new Set(SCENARIOS.flatMap((scenario) => scenario.decides))
    const entries = Object.entries(REQUIREMENTS)
    const unobservable = entries.filter(([, one]) => one.decided.by === 'unobservable').map(([id]) => id)
    expect(unobservable.filter((id) => decided.has(id))).toEqual([])
    const undecided = entries
      .filter(
        ([id, one]) => one.decided.by === 'scenario' && one.iut.includes('recipient') && !decided.has(id),
      )
      .map(([id]) => id)
    console.info(`Not decided by any scenario yet (${undecided.length}): ${undecided.join(', ')}`)
  })
})
