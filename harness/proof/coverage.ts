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
  /**
   * Unless the verdict is `pass`: the cases or monitors behind it, each with what was expected and
   * seen, or with the reason that a baseline gives.
   */
  readonly evidence: readonly { readonly case: string; readonly text: string }[]
}

/** What an implementation does about each requirement. */
export interface Behaviours {
  readonly implementation: string
  /** By the requirement's id. */
  readonly of: ReadonlyMap<string, Behaviour>
}

/**
 * One requirement: what decides it, which mutants prove that, and what implementations do about it.
 */
export interface CoverageRow {
  readonly id: string
  readonly requirement: CatalogueEntry
  readonly state: 'decided' | 'undecided' | 'unobservable'
  /** Roles in which a scenario for that role, or a monitor, decides it. */
  readonly decidedOn: readonly Role[]
  /** Names of the scenarios whose `decides` has it, such as `tunnel/gap@originator`. */
  readonly scenarios: readonly string[]
  /** Ids of the monitors whose `decides` has it. */
  readonly monitors: readonly string[]
  /** Mutants on which a scenario or monitor finds it broken; undefined without a proof. */
  readonly provenBy: readonly MutantName[] | undefined
  /**
   * Roles in which a play on the reference led to a finding about it: a monitor finds something
   * only where a scenario gives it an occasion. Undefined without a proof.
   */
  readonly occasions: readonly Role[] | undefined
  /** By the name of the implementation; implementations without known behaviour are left out. */
  readonly behaviours: Readonly<Record<string, Behaviour>>
}

export interface CoverageSources {
  readonly catalogue: Readonly<Record<string, CatalogueEntry>>
  readonly scenarios: readonly Scenario[]
  readonly monitors: readonly Monitor[]
  readonly proof?: Proof | undefined
  readonly behaviours?: readonly Behaviours[]
}

/** Both roles, in the order of reports. */
export const ROLES: readonly Role[] = ['recipient', 'originator']

/**
 * Returns a row for each requirement of the catalogue: those of RFC 2637 in its order, then those
 * of other documents.
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

/** Returns the rows that can be observed on implementations of that role, but are not decided. */
export function gaps(rows: readonly CoverageRow[], role: Role): readonly CoverageRow[] {
  return rows.filter(
    ({ decidedOn, requirement }) => requirement.iut.includes(role) && !decidedOn.includes(role),
  )
}

/**
 * Returns why an implementation of that role gives an occasion for this row only by chance, where a
 * monitor decides the row and had no occasion; otherwise undefined.
 */
export function chanceReason(row: CoverageRow, role: Role): string | undefined {
  const { decided } = row.requirement
  return lacksOccasion(row, role) && decided.by === 'monitor' ? decided.byChance?.[role] : undefined
}

/**
 * Whether a row is decided in that role, but no play on the reference led to a finding about it.
 */
function lacksOccasion({ decidedOn, occasions, requirement }: CoverageRow, role: Role): boolean {
  return requirement.iut.includes(role) && decidedOn.includes(role) && occasions?.includes(role) === false
}

/**
 * Returns the rows that a monitor decides only when an implementation of that role happens to do
 * something by itself; no scenario can make it do so.
 */
export function byChance(rows: readonly CoverageRow[], role: Role): readonly CoverageRow[] {
  return rows.filter((row) => chanceReason(row, role) !== undefined)
}

/**
 * Returns the rows whose monitors never had an occasion on the reference, though a scenario could
 * give them one.
 */
export function withoutOccasion(rows: readonly CoverageRow[], role: Role): readonly CoverageRow[] {
  return rows.filter((row) => lacksOccasion(row, role) && chanceReason(row, role) === undefined)
}

/**
 * A range of sections of RFC 2637, both ends included, with their subsections: 1.4 to 3 includes
 * 3.2.4.
 */
export interface SectionRange {
  readonly from: string
  readonly to: string
}

/** The document and section of a requirement. */
type Place = Pick<CatalogueEntry, 'document' | 'section'>

/** Whether a requirement is in a range of sections of RFC 2637. */
export function isInSections({ document, section }: Place, { from, to }: SectionRange): boolean {
  if (document !== undefined) return false
  const isBelow = section === to || section.startsWith(`${to}.`)
  return compareSections(section, from) >= 0 && (isBelow || compareSections(section, to) < 0)
}

/** Compares for sorting: by document, RFC 2637 first, then by section. */
function comparePlaces(a: Place, b: Place): number {
  const [left, right] = [a.document ?? '', b.document ?? '']
  return left === right ? compareSections(a.section, b.section) : left < right ? -1 : 1
}

/** Compares section numbers for sorting: 2.9 before 2.10, 3.1 before 3.1.1. */
export function compareSections(a: string, b: string): number {
  const [left, right] = [a, b].map((section) => section.split('.').map(Number))
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? -1) - (right?.[at] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * Returns what an implementation does according to its results: for each requirement the gravest
 * verdict of its findings.
 * @param watched the findings of monitors, summed over all cases.
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
 * Returns what an implementation does according to its baseline. A requirement that no cause names
 * passes; it is inconclusive or skipped where all cases that decide it are.
 * @param pics the claims of the implementation; undefined: no case counts as skipped.
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
    // A requirement that only monitors decide is left out: a baseline does not say whether they had
    // an occasion.
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
