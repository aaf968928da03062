import type { MutantName } from '../reference/mutants.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { casesOf, type Scenario } from '../scenario/scenario.ts'
import { type Proof, proofOf } from './proof.ts'
import { type CaseProof, type ProofPlan, proveScenario, type ReferencePlayer } from './prove-case.ts'

/**
 * Proves the cases of scenarios, in this thread or in several. Returns their proofs in the order of
 * the scenarios, and of the cases of each.
 */
export type CaseProver = (scenarios: readonly Scenario[], plan: ProofPlan) => Promise<readonly CaseProof[]>

export interface ProveOptions extends Partial<Pick<ProofPlan, 'everyVariation'>> {
  /** A prover in this thread unless given. */
  readonly prover?: CaseProver
}

/**
 * Tests scenarios and monitors: none may find a violation on the reference, and each has to find
 * one on the mutants of its `provenBy`. Plays under virtual time.
 */
export async function prove(
  scenarios: readonly Scenario[],
  monitors: readonly Monitor[],
  mutants: readonly MutantName[],
  { prover = inThisThread(), everyVariation = false }: ProveOptions = {},
): Promise<Proof> {
  const proofs = await prover(scenarios, { monitors, mutants, everyVariation })
  return proofOf(scenarios, monitors, mutants, proofs)
}

/** Returns a prover that plays the scenarios one after the other in this thread. */
export function inThisThread(player?: ReferencePlayer): CaseProver {
  return async (scenarios, plan) => {
    const proofs: CaseProof[] = []
    for (const one of scenarios) proofs.push(...(await proveScenario(casesOf(one), plan, player)))
    return proofs
  }
}
