import { describe, expect, test } from 'vitest'
import type { Configuration } from '../harness/reference/configuration.ts'
import { createFaults } from '../harness/reference/faults.ts'
import { playOnReference } from '../harness/runner/prove-case.ts'
import { casesOf } from '../harness/scenario/scenario.ts'
import { SCENARIOS } from './index.ts'

/** Other ways to keep to RFC 2637 than the reference's own: nothing may be held against them. */
const VARIANTS: Readonly<Record<string, Partial<Configuration>>> = {
  'tells of its maps as soon as a call is connected': { linkInfo: 'once-connected' },
}

const CASES = SCENARIOS.filter(({ iut }) => iut !== 'recipient').flatMap(casesOf)

describe.each(Object.entries(VARIANTS))('an originator that %s', (_, configuration) => {
  test.each(CASES.map((one) => [one.id, one] as const))('%s', async (_, one) => {
    const { result } = await playOnReference(one, createFaults(), configuration)
    expect({
      ...result,
      findings: result.findings.filter(({ verdict }) => verdict !== 'pass'),
    }).toMatchObject({ findings: [] })
    expect(['pass', 'inconclusive']).toContain(result.verdict)
  })
})
