import type { Role } from '../../suites/requirements/entry.ts'
import { MUTANTS, type MutantName, sideOf } from '../reference/mutants.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { casesOf, type Scenario, scenarioName } from '../scenario/scenario.ts'
import { gravest, type Verdict } from '../scenario/verdict.ts'
import { type Misattribution, misattributionsOf } from './attribution.ts'
import type { Kill, MutantProof, ProverName } from './kills.ts'
import type { CaseProof, Reaction } from './prove-case.ts'

export type { Kill, MutantProof, ProverName } from './kills.ts'

/** What became of one scenario or monitor. */
export interface ProverProof extends ProverName {
  /** Mutants of its `provenBy` that were played. */
  readonly claims: readonly MutantName[]
  readonly kills: readonly Kill[]
  /** Mutants of its `claims` that it does not kill. */
  readonly falseClaims: readonly MutantName[]
  /** Requirements of its `decides` about which it found nothing on the reference. */
  readonly silent: readonly string[]
}

/** A case that does not simply pass on the reference. */
export interface ReferenceViolation {
  readonly case: string
  readonly verdict: Verdict
  /** What was found, or why there was no verdict. */
  readonly detail: string
}

/**
 * The result of proving scenarios and monitors with mutants. Plain data that does not depend on how
 * many threads did the work.
 */
export interface Proof {
  readonly cases: number
  /**
   * How many plays there were, on the reference and on mutants. A mutant whose fault a case does
   * not consult is not played: it would do what the reference does.
   */
  readonly plays: number
  readonly scenarios: readonly ProverProof[]
  readonly monitors: readonly ProverProof[]
  readonly mutants: readonly MutantProof[]
  readonly unclean: readonly ReferenceViolation[]
  /** Requirements about which there was a finding on the reference. */
  readonly decided: readonly string[]
  /** The same requirements by the role of the scenario in which the finding was made. */
  readonly decidedOn: Readonly<Record<Role, readonly string[]>>
  /** Requirements of `decided` that were not found broken on any mutant. */
  readonly unproven: readonly string[]
}

/** Sums up the proofs of all cases. */
export function proofOf(
  scenarios: readonly Scenario[],
  monitors: readonly Monitor[],
  mutants: readonly MutantName[],
  proofs: readonly CaseProof[],
): Proof {
  const byCase = new Map(proofs.map((proof) => [proof.case, proof]))
  const scenarioProofs = scenarios.map((scenario) => {
    const own = casesOf(scenario).flatMap(({ id }) => byCase.get(id) ?? [])
    const name: ProverName = { kind: 'scenario', id: scenarioName(scenario) }
    return proverProof(name, scenario, mutants, own)
  })
  const reactions = reactionsOf(proofs)
  const monitorProofs = monitors.map((monitor) =>
    proverProof({ kind: 'monitor', id: monitor.id }, monitor, mutants, proofs, reactions),
  )
  const kills = [...scenarioProofs, ...monitorProofs].flatMap((prover) => prover.kills)
  const decided = decisionsIn(proofs)
  const roles = new Map(
    scenarios.flatMap((scenario) => casesOf(scenario).map(({ id }) => [id, scenario.iut])),
  )
  const decidedOn = (role: Role) => decisionsIn(proofs.filter((proof) => roles.get(proof.case) === role))
  const broken = new Set(kills.flatMap(({ requirements }) => requirements))
  return {
    cases: proofs.length,
    plays: proofs.reduce((sum, proof) => sum + 1 + proof.mutants.length, 0),
    scenarios: scenarioProofs,
    monitors: monitorProofs,
    mutants: mutants.map((mutant) => {
      const own = kills.filter((kill) => kill.mutant === mutant)
      return {
        mutant,
        side: sideOf(mutant),
        breaks: MUTANTS[mutant].breaks,
        consequences: MUTANTS[mutant].consequences ?? [],
        result: own.length > 0 ? 'killed' : reactions.has(mutant) ? 'survived' : 'not-reached',
        kills: own,
        disturbed: (reactions.get(mutant) ?? [])
          .filter((one) => disturbs(one.reaction))
          .map(({ case: id, reaction: { verdict, reason = 'no reason' } }) => ({
            case: id,
            verdict,
            reason,
          })),
      }
    }),
    unclean: proofs.flatMap(uncleanness),
    decided,
    decidedOn: { recipient: decidedOn('recipient'), originator: decidedOn('originator') },
    unproven: decided.filter((id) => !broken.has(id)),
  }
}

function decisionsIn(proofs: readonly CaseProof[]): readonly string[] {
  const ids = proofs.flatMap(({ reference }) => reference.decided.map(({ requirement }) => requirement))
  return [...new Set(ids)].sort()
}

function proverProof(
  by: ProverName,
  { decides, provenBy }: { readonly decides: readonly string[]; readonly provenBy: readonly string[] },
  mutants: readonly MutantName[],
  proofs: readonly CaseProof[],
  reactions = reactionsOf(proofs),
): ProverProof {
  const kills = mutants.flatMap((mutant) => killOf(by, mutant, reactions.get(mutant) ?? []) ?? [])
  const monitor = by.kind === 'monitor' ? by.id : undefined
  const decided = new Set(
    proofs.flatMap(({ reference }) =>
      reference.decided.filter((one) => one.monitor === monitor).map(({ requirement }) => requirement),
    ),
  )
  const claims = mutants.filter((mutant) => provenBy.includes(mutant))
  return {
    ...by,
    claims,
    kills,
    falseClaims: claims.filter((mutant) => !kills.some((kill) => kill.mutant === mutant)),
    silent: decides.filter((requirement) => !decided.has(requirement)),
  }
}

interface CaseReaction {
  readonly case: string
  readonly reaction: Reaction
}

/** Returns the reactions to each mutant, case by case. */
function reactionsOf(proofs: readonly CaseProof[]): ReadonlyMap<MutantName, readonly CaseReaction[]> {
  const reactions = new Map<MutantName, CaseReaction[]>()
  for (const proof of proofs)
    for (const { mutant, reaction } of proof.mutants) {
      const known = reactions.get(mutant)
      if (known === undefined) reactions.set(mutant, [{ case: proof.case, reaction }])
      else known.push({ case: proof.case, reaction })
    }
  return reactions
}

function killOf(by: ProverName, mutant: MutantName, reactions: readonly CaseReaction[]): Kill | undefined {
  const found = reactions
    .map((one) => ({ case: one.case, violations: violationsBy(by, one.reaction) }))
    .filter(({ violations }) => violations.length > 0)
  const findings = found.flatMap(({ violations }) => violations)
  const [first] = findings
  if (first === undefined) return undefined
  return {
    by,
    mutant,
    verdict: gravest(findings.map(({ verdict }) => verdict)) === 'fail' ? 'fail' : 'warn',
    requirements: [...new Set(findings.map(({ requirement }) => requirement))].sort(),
    cases: found.map((one) => one.case),
    expected: first.expected,
    seen: first.seen,
  }
}

/**
 * Returns the violations that the scenario or the monitor found in one play. A scenario that ended
 * neither in fail nor in warn has none.
 */
function violationsBy({ kind, id }: ProverName, { verdict, violations }: Reaction) {
  if (kind === 'monitor') return violations.filter(({ monitor }) => monitor === id)
  if (verdict !== 'fail' && verdict !== 'warn') return []
  return violations.filter(({ monitor }) => monitor === undefined)
}

function disturbs({ verdict }: Reaction): boolean {
  return verdict === 'inconclusive' || verdict === 'error' || verdict === 'skip'
}

function uncleanness({ case: id, reference }: CaseProof): readonly ReferenceViolation[] {
  const found = reference.violations.map(({ requirement, verdict, monitor, expected, seen }) => ({
    case: id,
    verdict,
    detail: `${requirement}${monitor === undefined ? '' : ` (monitor ${monitor})`}: expected ${expected}, seen ${seen}`,
  }))
  if (reference.verdict === 'pass' || found.some(({ verdict }) => verdict === reference.verdict)) return found
  return [...found, { case: id, verdict: reference.verdict, detail: reference.reason ?? 'no reason' }]
}

/** Which part of the suites and mutants a proof covers. */
export interface ProofScope {
  /** Not all mutants were played. */
  readonly someMutants?: boolean
  /** Not all scenarios were played. */
  readonly someScenarios?: boolean
  /** The role of the scenarios. `recipient`: mutants that only an originator shows may survive. */
  readonly role: Role | 'both'
  /** All requirements by id; unless given, mutants may name any. */
  readonly catalogue?: Readonly<Record<string, unknown>>
}

/** What is wrong with the suites, or with the reference. */
export interface Shortcomings {
  /** Cases that do not pass on the reference. */
  readonly unclean: readonly ReferenceViolation[]
  /** Scenarios and monitors that kill no mutant. */
  readonly idle: readonly ProverName[]
  /** Scenarios and monitors with mutants in `provenBy` that they do not kill. */
  readonly falseClaims: readonly { readonly by: ProverName; readonly mutants: readonly MutantName[] }[]
  /** Scenarios with requirements in `decides` that they never decide on the reference. */
  readonly silent: readonly { readonly by: ProverName; readonly requirements: readonly string[] }[]
  /** Mutants that no scenario or monitor kills, reached or not. */
  readonly survivors: readonly MutantProof[]
  /** Surviving mutants that only scenarios of a role outside the scope could kill. */
  readonly outOfScope: readonly MutantProof[]
  /** Mutants that name no requirements or wrong ones. */
  readonly misattributed: readonly Misattribution[]
}

/** Returns the defects that a proof shows, without those that its scope is too small to show. */
export function shortcomingsOf(proof: Proof, scope: ProofScope): Shortcomings {
  const { someMutants, someScenarios, role, catalogue } = scope
  // A monitor can only find what scenarios show it: it is judged where all scenarios were played.
  const judged = someScenarios === true ? proof.scenarios : [...proof.scenarios, ...proof.monitors]
  const name = ({ kind, id }: ProverProof): ProverName => ({ kind, id })
  const alive = proof.mutants.filter(({ result }) => result !== 'killed')
  // Scenarios for recipients may consult the fault of such a mutant, but only scenarios for
  // originators see its effect.
  const foreign = ({ side }: MutantProof) => side === 'originator' && role === 'recipient'
  const outOfScope = alive.filter(foreign)
  const isOutOfScope = (claimed: MutantName) => outOfScope.some(({ mutant }) => mutant === claimed)
  const isIdle = ({ kills, claims }: ProverProof) => kills.length === 0 && !claims.every(isOutOfScope)
  return {
    unclean: proof.unclean,
    idle: someMutants === true ? [] : judged.filter(isIdle).map(name),
    falseClaims: judged
      .map((one) => ({
        by: name(one),
        mutants: one.falseClaims.filter((claimed) => !isOutOfScope(claimed)),
      }))
      .filter((one) => one.mutants.length > 0),
    // A silent monitor had no occasion. `coverage` reports that.
    silent: proof.scenarios
      .filter(({ silent }) => silent.length > 0)
      .map((one) => ({ by: name(one), requirements: one.silent })),
    survivors: someScenarios === true ? [] : alive.filter((one) => !foreign(one)),
    outOfScope,
    misattributed: misattributionsOf(proof.mutants, { catalogue, isWhole: someScenarios !== true }),
  }
}

/** Whether there is no defect; mutants out of scope do not count. */
export function isClean({ outOfScope: _, ...wrong }: Shortcomings): boolean {
  return Object.values(wrong).every((list) => list.length === 0)
}
