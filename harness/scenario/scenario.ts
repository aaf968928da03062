import { HarnessError } from '../errors/errors.ts'
import { type PathImpairment, requireImpairment } from '../network/impaired.ts'
import type { PppProfile } from '../ppp/profile.ts'
import { type Addresses, addressAbove, addressBelow } from './addresses.ts'
import { type ClaimNeed, missingClaim, type Pics } from './claims.ts'
import { type EitherTester, eitherTester } from './either.ts'
import type { Catalogue, Role } from './requirement.ts'
import type { Tester } from './tester.ts'
import { namedValues, type Vary } from './vary.ts'

/** What addresses a scenario needs. */
type AddressNeed =
  | 'second-address'
  | 'unused-address'
  /** The tester has an address that is, as a number, below or above the IUT's (section 3.1.3). */
  | 'lower-address'
  | 'higher-address'

/**
 * What a scenario needs: a claim of the implementation (harness/scenario/claims.ts), or addresses.
 * The scenario is skipped where a need is not met.
 */
export type Need = ClaimNeed | AddressNeed

/** The needs of single values of parameters: `{ strength: { '56-bit': ['mppe-56'] } }`. */
export type NeedsOf<V extends Vary> = {
  readonly [P in keyof V]?: { readonly [L in LabelOf<V[P]>]?: readonly Need[] }
}

/** The names of a parameter's values in case ids. */
type LabelOf<T> = T extends readonly (infer E extends string | number | boolean)[] ? `${E}` : keyof T

/** The role of the IUT. `both`: the declaration makes two scenarios with one body. */
type Roles = Role | 'both'

/** In a scenario for both roles: a value for each role. */
type ForEach<I extends Roles, T> = I extends 'both' ? Readonly<Record<Role, T>> : never

/** Mutants of the reference. */
type Mutants<M extends string> = readonly [M, ...M[]]

/** What a scenario declares about itself; its body is a function apart. */
export interface ScenarioMeta<
  R extends string,
  M extends string,
  D extends readonly [R, ...R[]],
  V extends Vary,
  I extends Roles,
> {
  /** `<folder>/<name>`: the path of its file below suites/, the same in both roles. */
  readonly id: string
  /** The test purpose: one sentence. */
  readonly purpose: string
  /**
   * Requirements that the body decides. With `both`, one that can be observed in one role only is
   * ignored in the other.
   */
  readonly decides: D
  /**
   * Mutants of the reference, each of which this scenario must kill. With `both` they are for each
   * role, or listed by role.
   */
  readonly provenBy: Mutants<M> | ForEach<I, Mutants<M>>
  /** The role of the IUT on the control connection. */
  readonly iut: I
  /**
   * What the scenario needs; see `Need`. With `both` the needs are for each role, or listed by
   * role. `outgoing-calls` then applies to recipients only: an originator asks for the call itself.
   */
  readonly needs?: readonly Need[] | ForEach<I, readonly Need[]>
  /**
   * Needs of single values of `vary`: where one is not met, only cases with that value are skipped.
   */
  readonly valuesNeed?: NeedsOf<V>
  /**
   * The profile that the IUT's PPP has to be switched to; its usual one unless given. The scenario
   * is skipped where the IUT has no such profile.
   */
  readonly profile?: PppProfile
  /** Interpretations that the body depends on besides those of its requirements. */
  readonly readings?: readonly string[]
  /** Words by which a run can select or exclude the scenario. Timed scenarios also have `timed`. */
  readonly tags?: readonly string[]
  /** Makes it a timed scenario: one that waits for a timer of the RFC. */
  readonly timer?: ScenarioTimer
  /**
   * Impairment of GRE on its way to (`send`) and from (`receive`) the IUT; determined by the seed,
   * on the simulated network as on a real one.
   */
  readonly impairment?: PathImpairment
  /** Parameters with their values; each combination of values is one case. */
  readonly vary?: V
}

/** The tag of every timed scenario. */
export const TIMED = 'timed'

/**
 * How long a timed scenario takes. All timed cases are played at the same time, each on a replica
 * of its own, whose clock may be accelerated.
 */
export interface ScenarioTimer {
  /** How long the scenario waits at most, in ms of the IUT's time. */
  readonly wait: number
}

/**
 * A scenario in one role. Requirements and parameters are plain strings here, so that one list can
 * hold all scenarios.
 */
export interface Scenario {
  /** For example `tunnel/gap`. Two scenarios, one for each role, may have the same id. */
  readonly id: string
  readonly purpose: string
  readonly decides: readonly string[]
  /** Requirements that the body decides too, but that cannot be observed in this role: ignored. */
  readonly passesOver: readonly string[]
  readonly provenBy: readonly string[]
  readonly iut: Role
  readonly needs: readonly Need[]
  readonly valuesNeed: NeedsOf<Vary>
  /** Absent: the usual profile. */
  readonly profile?: PppProfile
  readonly readings: readonly string[]
  readonly tags: readonly string[]
  /** Absent: not a timed scenario. */
  readonly timer?: ScenarioTimer
  /** Absent: the scenario asks for no impairment. */
  readonly impairment?: PathImpairment
  readonly vary: Vary
  readonly catalogue: Catalogue
  readonly body: Body<Tester<string, Vary>>
}

/** One scenario with one value for each of its parameters. */
export interface ScenarioCase {
  /**
   * `<scenario id>[#variation]@<role>`: `echo/reply#identifier=0@recipient`,
   * `tunnel/gap@originator`.
   */
  readonly id: string
  readonly scenario: Scenario
  readonly variation: Readonly<Record<string, unknown>>
  /** The needs of the scenario and of the values in `variation`. */
  readonly needs: readonly Need[]
}

/**
 * Returns the `scenario` function for one catalogue and one set of mutants, with which unknown
 * requirements and mutants do not compile.
 * @throws UsageError from `scenario` when a rate or time of the impairment is not valid;
 * HarnessError when the name of a parameter or value contains `@`.
 */
export function createScenarios<R extends string, M extends string>(catalogue: Catalogue) {
  return function scenario<
    const D extends readonly [R, ...R[]],
    const V extends Vary = Record<never, never>,
    const I extends Roles = Role,
  >(
    meta: ScenarioMeta<R, M, D, V, I>,
    body: (tester: I extends 'both' ? EitherTester<D[number], V> : Tester<D[number], V>) => Promise<void>,
  ): I extends 'both' ? readonly [recipient: Scenario, originator: Scenario] : Scenario {
    if (meta.impairment !== undefined) requireImpairment(meta.impairment)
    requireLabels(meta.id, meta.vary ?? {})
    const tags = [...(meta.tags ?? []), ...(meta.timer === undefined ? [] : [TIMED])]
    const whole = { needs: [], valuesNeed: {}, readings: [], vary: {}, ...meta, tags, catalogue }
    const declared: unknown =
      meta.iut === 'both'
        ? [inRole('recipient', whole, body as EitherBody), inRole('originator', whole, body as EitherBody)]
        : { ...whole, passesOver: [], body }
    return declared as I extends 'both' ? readonly [Scenario, Scenario] : Scenario
  }
}

/** Makes the scenario for one role from a declaration for both. */
function inRole(
  role: Role,
  whole: Omit<Scenario, 'iut' | 'provenBy' | 'needs' | 'passesOver' | 'body'> & {
    readonly provenBy: readonly string[] | Readonly<Record<Role, readonly string[]>>
    readonly needs: readonly Need[] | Readonly<Record<Role, readonly Need[]>>
  },
  body: EitherBody,
): Scenario {
  const { decides, catalogue } = whole
  const needs = of(role, whole.needs)
  const shows = (requirement: string) => catalogue[requirement]?.iut?.includes(role) !== false
  return {
    ...whole,
    iut: role,
    needs: role === 'originator' ? needs.filter((need) => need !== 'outgoing-calls') : needs,
    decides: decides.filter(shows),
    passesOver: decides.filter((requirement) => !shows(requirement)),
    provenBy: of(role, whole.provenBy),
    body: (tester) => body(eitherTester(tester, role)),
  }
}

/** Returns the list for a role, where there may be one list for each role. */
function of<T>(role: Role, all: readonly T[] | Readonly<Record<Role, readonly T[]>>): readonly T[] {
  return 'recipient' in all ? all[role] : all
}

type Body<T> = (tester: T) => Promise<void>
type EitherBody = Body<EitherTester<string, Vary>>

/**
 * Checks the names of parameters and values.
 * @throws HarnessError when one contains `@`, which separates the role in a case id.
 */
function requireLabels(id: string, vary: Vary): void {
  for (const [name, values] of Object.entries(vary))
    for (const [label] of namedValues(values))
      if (`${name}${label}`.includes('@'))
        throw new HarnessError(
          'BrokenSuite',
          3,
          `scenario ${id}: the variation "${name}=${label}" contains @, which separates the role in a case id`,
          'Give the parameter or the value another name',
        )
}

/** Returns the name of a scenario with its role: `tunnel/gap@originator`. */
export function scenarioName({ id, iut }: Pick<Scenario, 'id' | 'iut'>): string {
  return `${id}@${iut}`
}

/**
 * Returns a case id without its role: `echo/reply#identifier=0` for
 * `echo/reply#identifier=0@recipient`.
 */
export function beforeRole(caseId: string): string {
  const at = caseId.lastIndexOf('@')
  return at === -1 ? caseId : caseId.slice(0, at)
}

/** Returns those of the case ids that are for one of these roles. */
export function casesInRoles(caseIds: readonly string[], roles: readonly Role[]): readonly string[] {
  return caseIds.filter((id) => roles.some((role) => id.endsWith(`@${role}`)))
}

/** Returns all cases of a scenario, in the order of its parameters and their values. */
export function casesOf(scenario: Scenario): readonly ScenarioCase[] {
  let cases: { labels: string[]; variation: Record<string, unknown>; needs: readonly Need[] }[] = [
    { labels: [], variation: {}, needs: scenario.needs },
  ]
  for (const [name, values] of Object.entries(scenario.vary))
    cases = cases.flatMap((so) =>
      namedValues(values).map(([label, value]) => ({
        labels: [...so.labels, `${name}=${label}`],
        variation: { ...so.variation, [name]: value },
        needs: [...so.needs, ...(scenario.valuesNeed[name]?.[label] ?? [])],
      })),
    )
  return cases.map(({ labels, variation, needs }) => ({
    id: `${scenario.id}${labels.length === 0 ? '' : `#${labels.join(',')}`}@${scenario.iut}`,
    scenario,
    variation,
    needs,
  }))
}

/** Returns why a case cannot be played with these addresses; undefined when it can. */
export function unplayable(
  { scenario, needs }: ScenarioCase,
  { iut, tester, unused }: Addresses,
): string | undefined {
  if (needs.includes('unused-address') && unused === undefined)
    return 'no unused address near the implementation is known'
  if (needs.includes('second-address') && tester.length < 2)
    return 'the tester has no second address from which to reach the implementation'
  if (scenario.iut === 'originator' && tester.length === 0)
    return 'no address of the tester is known that the implementation could dial'
  if (needs.includes('lower-address') && addressBelow(iut, tester) === undefined)
    return "the tester has no address below the implementation's"
  if (needs.includes('higher-address') && addressAbove(iut, tester) === undefined)
    return "the tester has no address above the implementation's"
  return undefined
}

/** Returns why a case does not apply to an implementation; undefined when it does. */
export function inapplicable({ scenario, needs }: ScenarioCase, pics: Pics): string | undefined {
  for (const need of [...impliedNeeds(scenario), ...needs]) {
    const reason = missingClaim(need, pics)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** Returns the needs that follow from a scenario's role and profile. */
function impliedNeeds({ iut, profile }: Scenario): readonly ClaimNeed[] {
  return [
    iut,
    ...(iut === 'originator' ? (['dial'] as const) : []),
    ...(profile === undefined ? [] : ([`profile-${profile}`] as const)),
  ]
}
