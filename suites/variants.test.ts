import { describe, expect, test } from 'vitest'
import type { Configuration } from '../harness/reference/configuration.ts'
import { createFaults } from '../harness/reference/faults.ts'
import { playOnReference } from '../harness/runner/prove-case.ts'
import { casesOf, type ScenarioCase } from '../harness/scenario/scenario.ts'
import { SCENARIOS } from './index.ts'

const CASES = SCENARIOS.filter(({ iut }) => iut === 'originator').flatMap(casesOf)
const HANGING_UP = CASES.filter(({ needs }) => needs.includes('hang-up'))

/** Another way to keep to RFC 2637 than the reference's own, and the cases where it shows: nothing may be held against it. */
interface Variant {
  readonly configuration: Partial<Configuration>
  readonly cases: readonly ScenarioCase[]
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  'tells of its maps as soon as a call is connected': {
    configuration: { linkInfo: 'once-connected' },
    cases: CASES,
  },
  'hangs up by a stop request': { configuration: { hangingUp: 'stop' }, cases: HANGING_UP },
  'clears its call and asks to stop at once when it hangs up': {
    configuration: { hangingUp: 'clear-and-stop' },
    cases: HANGING_UP,
  },
}

describe.each(Object.entries(VARIANTS))('an originator that %s', (_, { configuration, cases }) => {
  test.each(cases.map((one) => [one.id, one] as const))('%s', async (_, one) => {
    const { result } = await playOnReference(one, createFaults(), configuration)
    expect({
      ...result,
      findings: result.findings.filter(({ verdict }) => verdict !== 'pass'),
    }).toMatchObject({ findings: [] })
    expect(['pass', 'inconclusive']).toContain(result.verdict)
  })
})
