import { HarnessError } from '../errors/errors.ts'
import { type PathImpairment, requireImpairment } from '../network/impaired.ts'
import type { PppProfile } from '../ppp/profile.ts'
import { type Addresses, addressAbove, addressBelow } from './addresses.ts'
import { type ClaimNeed, missingClaim, type Pics } from './claims.ts'
import { type EitherTester, eitherTester } from './either.ts'
import type { Catalogue, Role } from './requirement.ts'
import type { Tester } from './tester.ts'
import { namedValues, type Vary } from './vary.ts'

/** What a scenario needs of the tester's addresses. */
type AddressNeed =
  | 'second-address'
  | 'unused-address'
  /** One of them, as a number, is below the IUT's, or above it: who wins a collision. */
  | 'lower-address'
  | 'higher-address'

/**
 * What a scenario needs the implementation to claim (harness/scenario/claims.ts), or the network to
 * offer; without it the scenario is skipped.
 */
export type Need = ClaimNeed | AddressNeed

/**
 * What single values of a scenario's parameters need: `{ strength: { '56-bit': ['mppe-56'] } }`.
 */
export type NeedsOf<V extends Vary> = {
  readonly [P in keyof V]?: { readonly [L in LabelOf<V[P]>]?: readonly Need[] }
}

/** The names that the values of a parameter have in case ids. */
type LabelOf<T> = T extends readonly (infer E extends string | number | boolean)[] ? `${E}` : keyof T

/** The role of the implementation under test. With `both`, one body makes two scenarios. */
type Roles = Role | 'both'

/** What differs between the roles of a scenario for both. */
type ForEach<I extends Roles, T> = I extends 'both' ? Readonly<Record<Role, T>> : never

/** Mutants of the reference. */
type Mutants<M extends string> = readonly [M, ...M[]]

/** A scenario is data plus a body. */
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
   * With `both`, a requirement that can be observed in one role only is decided in that role, and
   * passed over in the other.
   */
  readonly decides: D
  /**
   * Mutants of the reference, each of which this scenario must catch; with `both` in either role,
   * unless they are told apart.
   */
  readonly provenBy: Mutants<M> | ForEach<I, Mutants<M>>
  /** Which side of the control connection the implementation under test takes. */
  readonly iut: I
  /**
   * With `both` for either role, unless they are told apart; an originator needs no
   * `outgoing-calls`: it asks for the call itself.
   */
  readonly needs?: readonly Need[] | ForEach<I, readonly Need[]>
  /** The same for single values of `vary`: only the cases with such a value are skipped. */
  readonly valuesNeed?: NeedsOf<V>
  /**
   * What the IUT's PPP has to demand of its peer; whatever it usually demands, unless given.
   * Skipped where it cannot be told.
   */
  readonly profile?: PppProfile
  /** Interpretations that the body leans on beyond those of its requirements. */
  readonly readings?: readonly string[]
  /**
   * Words by which a run can be told to play it or leave it out. A timed scenario has `timed`
   * besides.
   */
  readonly tags?: readonly string[]
  /** Makes it a timed scenario: one that waits for a timer of the RFC. */
  readonly timer?: ScenarioTimer
  /**
   * What happens to GRE on its way to (`send`) and from (`receive`) the implementation: by seed, on
   * the simulated network and on the real one alike.
   */
  readonly impairment?: PathImpairment
  readonly vary?: V
}

/** The tag of every timed scenario. */
export const TIMED = 'timed'

/**
 * What a timed scenario takes. Timed cases are played all at once, each on a replica of its own,
 * whose clock may be accelerated; times are of the implementation's own.
 */
export interface ScenarioTimer {
  /** How many ms of the implementation's time it waits at most. */
  readonly wait: number
}

/** A scenario with its types forgotten, as suites hold it. */
export interface Scenario {
  /**
   * `tunnel/gap`. Two scenarios may share it, one for each role; `scenarioName` tells them apart.
   */
  readonly id: string
  readonly purpose: string
  readonly decides: readonly string[]
  /** What its body decides besides, which cannot be observed in this role. */
  readonly passesOver: readonly string[]
  readonly provenBy: readonly string[]
  readonly iut: Role
  readonly needs: readonly Need[]
  readonly valuesNeed: NeedsOf<Vary>
  /** Absent where any will do. */
  readonly profile?: PppProfile
  readonly readings: readonly string[]
  readonly tags: readonly string[]
  /** Absent where only real time matters. */
  readonly timer?: ScenarioTimer
  /** Absent where nothing comes between the two. */
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
  /** The scenario's, and those of its values. */
  readonly needs: readonly Need[]
}

/**
 * Makes the `scenario` function of one catalogue and one set of mutants, so that unknown names do
 * not compile.
 * @throws UsageError from `scenario` for an impairment whose rates or times are none; HarnessError
 * for a variation whose label contains `@`.
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

/** What a scenario for both roles comes to in one of them. */
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

/** What a role has of what may differ between the two. */
function of<T>(role: Role, all: readonly T[] | Readonly<Record<Role, readonly T[]>>): readonly T[] {
  return 'recipient' in all ? all[role] : all
}

type Body<T> = (tester: T) => Promise<void>
type EitherBody = Body<EitherTester<string, Vary>>

/**
 * @throws HarnessError for a label that contains `@`: a case id has the role after its last one.
 */
function requireLabels(id: string, vary: Vary): void {
  for (const [name, values] of Object.entries(vary))
    for (const [label] of namedValues(values))
      if (`${name}${label}`.includes('@'))
        throw new HarnessError(
          'BrokenSuite',
          3,
          `scenario ${id}: the variation "${name}=${label}" contains @, which is kept for the role`,
          'Give the value another label',
        )
}

/** The name of one scenario in one role: `tunnel/gap@originator`. */
export function scenarioName({ id, iut }: Pick<Scenario, 'id' | 'iut'>): string {
  return `${id}@${iut}`
}

/**
 * The part of a case id before its last `@`: `echo/reply#identifier=0` of
 * `echo/reply#identifier=0@recipient`.
 */
export function beforeRole(caseId: string): string {
  const at = caseId.lastIndexOf('@')
  return at === -1 ? caseId : caseId.slice(0, at)
}

/** Those of some cases that are for one of these roles. */
export function casesInRoles(caseIds: readonly string[], roles: readonly Role[]): readonly string[] {
  return caseIds.filter((id) => roles.some((role) => id.endsWith(`@${role}`)))
}

/** All cases of a scenario, in the order of its parameters' values. */
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

/** Why a case cannot be played with these addresses; undefined when it can. */
export function unplayable(
  { scenario, needs }: ScenarioCase,
  { iut, tester, unused }: Addresses,
): string | undefined {
  if (needs.includes('unused-address') && unused === undefined)
    return 'no address near it is known that nobody has'
  if (needs.includes('second-address') && tester.length < 2)
    return 'the tester has no second address from which to reach it'
  if (scenario.iut === 'originator' && tester.length === 0)
    return 'no address of the tester is known that it could dial'
  if (needs.includes('lower-address') && addressBelow(iut, tester) === undefined)
    return "the tester has no address below the implementation's"
  if (needs.includes('higher-address') && addressAbove(iut, tester) === undefined)
    return "the tester has no address above the implementation's"
  return undefined
}

/** Why a case does not apply to an implementation; undefined when it does. */
export function inapplicable({ scenario, needs }: ScenarioCase, pics: Pics): string | undefined {
  for (const need of [...impliedNeeds(scenario), ...needs]) {
    const reason = missingClaim(need, pics)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** What a scenario needs by its role and its profile, without naming it among its needs. */
function impliedNeeds({ iut, profile }: Scenario): readonly ClaimNeed[] {
  return [
    iut,
    ...(iut === 'originator' ? (['dial'] as const) : []),
    ...(profile === undefined ? [] : ([`profile-${profile}`] as const)),
  ]
}
