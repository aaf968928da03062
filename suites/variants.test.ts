import { describe, expect, test } from 'vitest'
import { playOnReference } from '../harness/proof/prove-case.ts'
import type { Configuration } from '../harness/reference/configuration.ts'
import { createFaults } from '../harness/reference/faults.ts'
import { ENCRYPTED_PPP } from '../harness/reference/ppp-profiles.ts'
import { casesOf, type ScenarioCase } from '../harness/scenario/scenario.ts'
import { SCENARIOS } from './index.ts'

const ALL = SCENARIOS.flatMap(casesOf)
const CASES = ALL.filter(({ scenario }) => scenario.iut === 'originator')
const HANGING_UP = CASES.filter(({ needs }) => needs.includes('hang-up'))

/** Cases that wait for one of the RFC's timers. */
const OVERDUE = ALL.filter(({ scenario }) => scenario.timer !== undefined)

/**
 * A way to conform to RFC 2637 that differs from the reference's own, and the cases in which it
 * shows and must cause no violation.
 */
interface Variant {
  readonly configuration: Partial<Configuration>
  readonly cases: readonly ScenarioCase[]
  /** The variant may not get to the point of a scenario, which is skipped or inconclusive then. */
  readonly evades?: true
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  'sends Set-Link-Info as soon as a call is connected': {
    configuration: { linkInfo: 'once-connected' },
    cases: CASES,
  },
  'clears a call that is overdue before it closes': {
    configuration: { clearsOverdueCalls: true },
    cases: OVERDUE,
  },
  'clears its calls before it replies to a stop request': {
    configuration: { clearsBeforeStop: true },
    cases: CASES.filter(({ id }) => id.startsWith('stop/')),
  },
  'keeps its PPP silent until it is spoken to': {
    configuration: { ppp: { ...ENCRYPTED_PPP, silent: true } },
    cases: ALL.filter(({ needs }) => needs.includes('ppp')),
  },
  'takes one call at a time': {
    configuration: { channels: 1 },
    cases: ALL.filter(({ needs }) => needs.includes('outgoing-calls')),
    evades: true,
  },
  'hangs up by a stop request': {
    configuration: { hangingUp: 'stop' },
    cases: HANGING_UP,
    evades: true,
  },
  'clears its call and asks to stop at once when it hangs up': {
    configuration: { hangingUp: 'clear-and-stop' },
    cases: HANGING_UP,
    evades: true,
  },
}

describe.each(Object.entries(VARIANTS))('a reference that %s', (_, { configuration, cases, evades }) => {
  test.each(cases.map((one) => [one.id, one] as const))('%s', async (_, one) => {
    const { result } = await playOnReference(one, createFaults(), configuration)
    expect({
      ...result,
      findings: result.findings.filter(({ verdict }) => verdict !== 'pass'),
    }).toMatchObject({ findings: [] })
    expect(evades ? ['pass', 'skip', 'inconclusive'] : ['pass']).toContain(result.verdict)
  })
})
