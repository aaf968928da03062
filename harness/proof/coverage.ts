import type { CatalogueEntry, Role } from '../../suites/requirements/entry.ts'
import type { MutantName } from '../reference/mutants.ts'
import { type Baseline, type Claim, expectationsOf, listOf } from '../runner/baseline.ts'
import type { WatchedSum } from '../runner/events.ts'
import type { Monitor } from '../scenario/monitor.ts'
import type { Pics } from '../scenario/profile.ts'
import { casesOf, inapplicable, type Scenario, scenarioName } from '../scenario/scenario.ts'
import { type Finding, gravest, type ScenarioResult, type Verdict } from '../scenario/verdict.ts'
import type { Proof } from './proof.ts'

/** What an implementation does about one requirement. */
export interface Behaviour {
  readonly verdict: Verdict
  /** Cases that say so, where it is not simply `pass`; with why, where somebody has said why. */
  readonly evidence: readonly { readonly case: string; readonly text: string }[]
}

/** What an implementation does about requirements, by their ids. */
export interface Behaviours {
  readonly implementation: string
  readonly of: ReadonlyMap<string, Behaviour>
}

/**
 * One requirement: whether it is tested, by what, what proves the test, and what implementations
 * do.
 */
export interface CoverageRow {
  readonly id: string
  readonly requirement: CatalogueEntry
  readonly state: 'decided' | 'undecided' | 'unobservable'
  /**
   * Roles of implementations on which something can decide it: a scenario for that role, or a
   * monitor.
   */
  readonly decidedOn: readonly Role[]
  /**
   * Scenarios, by name (`tunnel/gap@originator`), and ids of monitors that declare to decide it.
   */
  readonly scenarios: readonly string[]
  readonly monitors: readonly string[]
  /** Mutants with which one of these finds it broken; undefined where nothing was proved. */
  readonly provenBy: readonly MutantName[] | undefined
  /**
   * Roles in which the reference gave something occasion for a finding about it: a monitor waits
   * for one. Undefined where nothing was proved.
   */
  readonly occasions: readonly Role[] | undefined
  /** By implementation, as far as known. */
  readonly behaviours: Readonly<Record<string, Behaviour>>
}

export interface CoverageSources {
  readonly catalogue: Readonly<Record<string, CatalogueEntry>>
  readonly scenarios: readonly Scenario[]
  readonly monitors: readonly Monitor[]
  readonly proof?: Proof | undefined
  readonly behaviours?: readonly Behaviours[]
}

/** Both, in the order in which reports tell of them. */
export const ROLES: readonly Role[] = ['recipient', 'originator']

/**
 * A row for each requirement of the catalogue, in the RFC's order; those of other documents come
 * last.
 */
export function coverage(sources: CoverageSources): readonly CoverageRow[] {
  const { catalogue, scenarios, monitors, proof, behaviours = [] } = sources
  const breakers = proof === undefined ? undefined : breakersOf(proof)
  return Object.entries(catalogue)
    .sort(([, a], [, b]) => comparePlaces(a, b))
    .map(([id, requirement]) => {
      const deciding = scenarios.filter(({ decides }) => decides.includes(id))
      const watching = monitors.filter(({ decides }) => decides.includes(id)).map((one) => one.id)
      return {
        id,
        requirement,
        state: stateOf(requirement, deciding.length + watching.length),
        decidedOn: ROLES.filter((role) => watching.length > 0 || deciding.some(({ iut }) => iut === role)),
        scenarios: deciding.map(scenarioName),
        monitors: watching,
        provenBy: breakers === undefined ? undefined : (breakers.get(id) ?? []),
        occasions: proof && ROLES.filter((role) => proof.decidedOn[role].includes(id)),
        behaviours: Object.fromEntries(
          behaviours.flatMap(({ implementation, of }) => {
            const behaviour = of.get(id)
            return behaviour === undefined ? [] : [[implementation, behaviour]]
          }),
        ),
      }
    })
}

function stateOf({ decided }: CatalogueEntry, deciders: number): CoverageRow['state'] {
  if (deciders > 0) return 'decided'
  return decided.by === 'unobservable' ? 'unobservable' : 'undecided'
}

function breakersOf({ scenarios, monitors }: Proof): ReadonlyMap<string, readonly MutantName[]> {
  const breakers = new Map<string, Set<MutantName>>()
  for (const { mutant, requirements } of [...scenarios, ...monitors].flatMap(({ kills }) => kills))
    for (const requirement of requirements)
      breakers.set(requirement, (breakers.get(requirement) ?? new Set()).add(mutant))
  return new Map([...breakers].map(([id, mutants]) => [id, [...mutants].sort()]))
}

/** Rows that something could decide on implementations of that role, and nothing does. */
export function gaps(rows: readonly CoverageRow[], role: Role): readonly CoverageRow[] {
  return rows.filter(
    ({ decidedOn, requirement }) => requirement.iut.includes(role) && !decidedOn.includes(role),
  )
}

/**
 * Why rows without an occasion can have none on implementations of that role but by chance;
 * undefined where somebody could give them one.
 */
export function chanceReason(row: CoverageRow, role: Role): string | undefined {
  const { decided } = row.requirement
  return lacksOccasion(row, role) && decided.by === 'monitor' ? decided.byChance?.[role] : undefined
}

/**
 * Whether it could be decided on implementations of that role, and nothing on the reference gave
 * occasion to.
 */
function lacksOccasion({ decidedOn, occasions, requirement }: CoverageRow, role: Role): boolean {
  return requirement.iut.includes(role) && decidedOn.includes(role) && occasions?.includes(role) === false
}

/**
 * Rows that monitors decide when an implementation of that role happens to act by itself, which
 * nobody can make it do.
 */
export function byChance(rows: readonly CoverageRow[], role: Role): readonly CoverageRow[] {
  return rows.filter((row) => chanceReason(row, role) !== undefined)
}

/**
 * Rows that are decided by declaration only: no scenario gives their monitors an occasion on the
 * reference, and one could.
 */
export function withoutOccasion(rows: readonly CoverageRow[], role: Role): readonly CoverageRow[] {
  return rows.filter((row) => lacksOccasion(row, role) && chanceReason(row, role) === undefined)
}

/** A stretch of RFC 2637, ends included: 1.4 to 3 ends with the last section below 3. */
export interface SectionRange {
  readonly from: string
  readonly to: string
}

/** Where a requirement stands. */
type Place = Pick<CatalogueEntry, 'document' | 'section'>

/** Whether a requirement stands in a stretch of RFC 2637. */
export function isInSections({ document, section }: Place, { from, to }: SectionRange): boolean {
  if (document !== undefined) return false
  const isBelow = section === to || section.startsWith(`${to}.`)
  return compareSections(section, from) >= 0 && (isBelow || compareSections(section, to) < 0)
}

/** By document, RFC 2637 first, and there by section. */
function comparePlaces(a: Place, b: Place): number {
  const [left, right] = [a.document ?? '', b.document ?? '']
  return left === right ? compareSections(a.section, b.section) : left < right ? -1 : 1
}

/** As the RFC's table of contents: 2.9 before 2.10, 3.1 before 3.1.1. */
export function compareSections(a: string, b: string): number {
  const [left, right] = [a, b].map((section) => section.split('.').map(Number))
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? -1) - (right?.[at] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * What results say an implementation does: of each requirement the gravest finding.
 * @param watched what monitors found over all cases.
 */
export function behavioursInResults(
  implementation: string,
  results: readonly ScenarioResult[],
  watched: readonly Pick<WatchedSum, 'requirement' | 'verdict' | 'first'>[] = [],
): Behaviours {
  const found = new Map<string, { readonly case: string; readonly finding: FindingText }[]>()
  const add = (where: string, requirement: string, finding: FindingText) =>
    found.set(requirement, [...(found.get(requirement) ?? []), { case: where, finding }])
  for (const { scenario, findings } of results)
    for (const finding of findings) add(scenario, finding.requirement, finding)
  for (const { requirement, verdict, first } of watched)
    add(first?.case ?? '', requirement, first?.finding ?? { verdict, expected: '', seen: '' })
  const of = new Map<string, Behaviour>()
  for (const [id, all] of found) {
    const verdict = gravest(all.map(({ finding }) => finding.verdict)) ?? 'pass'
    const evidence = all
      .filter(({ finding }) => verdict !== 'pass' && finding.verdict === verdict)
      .map(({ case: name, finding: { expected, seen } }) => ({
        case: name,
        text: `expected ${expected}, seen ${seen}`,
      }))
    of.set(id, { verdict, evidence })
  }
  return { implementation, of }
}

type FindingText = Pick<Finding, 'verdict' | 'expected' | 'seen'>

/**
 * What a baseline says an implementation is known to do. A requirement that no cause names passes
 * wherever a case that decides it does; where all of these are inconclusive or do not apply, that
 * is all there is to say.
 */
export function behavioursInBaseline(
  baseline: Baseline,
  pics: Pics | undefined,
  { catalogue, scenarios }: Pick<CoverageSources, 'catalogue' | 'scenarios'>,
): Behaviours {
  const expectations = expectationsOf(baseline)
  const reasons = new Map(baseline.causes.map(({ id, reason }) => [id, reason]))
  const reasonOf = ({ cause }: Claim) => reasons.get(cause) ?? ''
  const cases = scenarios.flatMap(casesOf).map((one) => ({
    id: one.id,
    scenario: one.scenario,
    skipped: pics === undefined ? undefined : inapplicable(one, pics),
    claims: expectations.ofCase(one.id),
  }))
  const named = new Set(
    baseline.causes.flatMap(({ monitors }) => monitors).flatMap(({ monitor }) => listOf(monitor)),
  )
  const ofMonitors = [...named].flatMap((name) =>
    expectations.ofMonitor(name).map((claim) => ({ case: `monitor ${name}`, claim })),
  )
  const of = new Map<string, Behaviour>()
  for (const id of Object.keys(catalogue)) {
    const own = cases.filter(({ scenario }) => scenario.decides.includes(id))
    const ofCases = own.flatMap((one) => one.claims.map((claim) => ({ case: one.id, claim })))
    const broken = [...ofCases, ...ofMonitors].filter(({ claim }) => claim.matches(id))
    if (broken.length > 0) {
      of.set(id, {
        verdict: gravest(broken.map(({ claim }) => claim.verdict)) ?? 'fail',
        evidence: broken.map(({ case: name, claim }) => ({ case: name, text: reasonOf(claim) })),
      })
      continue
    }
    const unclear = own.flatMap((one) => {
      const claim = one.claims.find(({ verdict }) => verdict === 'inconclusive')
      return claim === undefined ? [] : [{ case: one.id, text: reasonOf(claim) }]
    })
    const skipped = own.filter((one) => one.skipped !== undefined)
    // A monitor alone says nothing here: whether it had an occasion to, only results tell.
    if (own.length > unclear.length + skipped.length) of.set(id, { verdict: 'pass', evidence: [] })
    else if (unclear.length > 0) of.set(id, { verdict: 'inconclusive', evidence: unclear })
    else if (skipped.length > 0)
      of.set(id, {
        verdict: 'skip',
        evidence: skipped.map((one) => ({ case: one.id, text: one.skipped ?? '' })),
      })
  }
  return { implementation: baseline.implementation, of }
}
