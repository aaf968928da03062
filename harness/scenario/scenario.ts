import type { Pics } from './profile.ts'
import type { Catalogue } from './requirement.ts'
import type { Tester } from './tester.ts'
import type { Vary } from './vary.ts'

/** What a scenario needs the implementation to claim, or the network to offer; without it the scenario is skipped. */
export type Need = 'outgoing-calls' | 'incoming-calls' | 'ppp' | 'two-calls' | 'second-address'

/** A scenario is data plus a body. */
export interface ScenarioMeta<
  R extends string,
  M extends string,
  D extends readonly [R, ...R[]],
  V extends Vary,
> {
  /** `<folder>/<name>`. */
  readonly id: string
  /** The test purpose: one sentence. */
  readonly purpose: string
  readonly decides: D
  /** Mutants of the reference, each of which this scenario must catch. */
  readonly provenBy: readonly [M, ...M[]]
  /** Which side of the control connection the implementation under test takes. */
  readonly iut: 'recipient' | 'originator'
  readonly needs?: readonly Need[]
  /** Interpretations that the body leans on beyond those of its requirements. */
  readonly readings?: readonly string[]
  readonly tags?: readonly string[]
  /** Makes it a timed scenario: one that waits for a timer of the RFC. */
  readonly timer?: ScenarioTimer
  readonly vary?: V
}

/**
 * What a timed scenario takes. Timed cases are played all at once, each on a replica of its own, whose clock may be accelerated; times are
 * of the implementation's own.
 */
export interface ScenarioTimer {
  /** How many ms of the implementation's time it waits at most. */
  readonly wait: number
}

/** A scenario with its types forgotten, as suites hold it. */
export interface Scenario {
  readonly id: string
  readonly purpose: string
  readonly decides: readonly string[]
  readonly provenBy: readonly string[]
  readonly iut: 'recipient' | 'originator'
  readonly needs: readonly Need[]
  readonly readings: readonly string[]
  readonly tags: readonly string[]
  /** Absent where only real time matters. */
  readonly timer?: ScenarioTimer
  readonly vary: Vary
  readonly catalogue: Catalogue
  readonly body: (tester: Tester<string, Vary>) => Promise<void>
}

/** One scenario with one value for each of its parameters. */
export interface ScenarioCase {
  /** `control-connection/bad-magic-cookie#cookie=zero,delivery=whole`, or just the scenario's id. */
  readonly id: string
  readonly scenario: Scenario
  readonly variation: Readonly<Record<string, unknown>>
}

/** Makes the `scenario` function of one catalogue and one set of mutants, so that unknown names do not compile. */
export function createScenarios<R extends string, M extends string>(catalogue: Catalogue) {
  return function scenario<const D extends readonly [R, ...R[]], const V extends Vary = Record<never, never>>(
    meta: ScenarioMeta<R, M, D, V>,
    body: (tester: Tester<D[number], V>) => Promise<void>,
  ): Scenario {
    return {
      needs: [],
      readings: [],
      tags: [],
      vary: {},
      ...meta,
      catalogue,
      body: body as unknown as Scenario['body'],
    }
  }
}

/** All cases of a scenario, in the order of its parameters' values. */
export function casesOf(scenario: Scenario): readonly ScenarioCase[] {
  let cases: { labels: string[]; variation: Record<string, unknown> }[] = [{ labels: [], variation: {} }]
  for (const [name, values] of Object.entries(scenario.vary))
    cases = cases.flatMap((so) =>
      Object.entries(values).map(([label, value]) => ({
        labels: [...so.labels, `${name}=${label}`],
        variation: { ...so.variation, [name]: value },
      })),
    )
  return cases.map(({ labels, variation }) => ({
    id: labels.length === 0 ? scenario.id : `${scenario.id}#${labels.join(',')}`,
    scenario,
    variation,
  }))
}

/** Why a scenario cannot be played where the tester has only these addresses; undefined when it can. */
export function unplayable(scenario: Scenario, testerAddresses: readonly string[]): string | undefined {
  if (scenario.needs.includes('second-address') && testerAddresses.length < 2)
    return 'the tester has no second address from which to reach it'
  return undefined
}

/** Why a scenario does not apply to an implementation; undefined when it does. */
export function inapplicable(scenario: Scenario, pics: Pics): string | undefined {
  if (!pics.roles.includes(scenario.iut))
    return `it does not claim to be a ${scenario.iut} of control connections`
  for (const need of scenario.needs) {
    if (need === 'outgoing-calls' && !pics.outgoingCalls)
      return 'it does not claim to answer Outgoing-Call-Request (PAC)'
    if (need === 'incoming-calls' && !pics.incomingCalls)
      return 'it does not claim to answer Incoming-Call-Request (PNS)'
    if (need === 'ppp' && !pics.ppp) return 'it does not claim a PPP peer behind its calls'
    if (need === 'two-calls' && pics.callsPerConnection < 2)
      return 'it does not claim two calls on one control connection'
  }
  return undefined
}
