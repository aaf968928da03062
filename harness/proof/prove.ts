import type { MutantName } from '../reference/mutants.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { casesOf, type Scenario } from '../scenario/scenario.ts'
import { type Proof, proofOf } from './proof.ts'
import { type CaseProof, type ProofPlan, proveScenario, type ReferencePlayer } from './prove-case.ts'

/**
 * Who plays the cases: this thread, or several. Gives their proofs in the order of the scenarios
 * and of their cases.
 */
export type CaseProver = (scenarios: readonly Scenario[], plan: ProofPlan) => Promise<readonly CaseProof[]>

export interface ProveOptions extends Partial<Pick<ProofPlan, 'everyVariation'>> {
  /** This thread unless given. */
  readonly prover?: CaseProver
}

/**
 * Proves that scenarios and monitors can fail, and do so only where something is wrong: plays every
 * case on the reference and every scenario on every mutant, under virtual time, with every monitor
 * watching.
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

/** Plays the scenarios one after the other. */
export function inThisThread(player?: ReferencePlayer): CaseProver {
  return async (scenarios, plan) => {
    const proofs: CaseProof[] = []
    for (const one of scenarios) proofs.push(...(await proveScenario(casesOf(one), plan, player)))
    return proofs
  }
}
