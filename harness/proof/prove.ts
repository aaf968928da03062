import type { MutantName } from '../reference/mutants.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { casesOf, type Scenario, type ScenarioCase } from '../scenario/scenario.ts'
import { type Proof, proofOf } from './proof.ts'
import { type CaseProof, proveCase, type ReferencePlayer } from './prove-case.ts'

/** Who plays the cases: this thread, or several. Gives their proofs in the order of the cases. */
export type CaseProver = (
  cases: readonly ScenarioCase[],
  monitors: readonly Monitor[],
  mutants: readonly MutantName[],
) => Promise<readonly CaseProof[]>

export interface ProveOptions {
  /** This thread unless given. */
  readonly prover?: CaseProver
}

/**
 * Proves that scenarios and monitors can fail, and do so only where something is wrong: plays every case on the reference and on every mutant,
 * under virtual time, with every monitor watching.
 */
export async function prove(
  scenarios: readonly Scenario[],
  monitors: readonly Monitor[],
  mutants: readonly MutantName[],
  { prover = inThisThread() }: ProveOptions = {},
): Promise<Proof> {
  const proofs = await prover(scenarios.flatMap(casesOf), monitors, mutants)
  return proofOf(scenarios, monitors, mutants, proofs)
}

/** Plays the cases one after the other. */
export function inThisThread(player?: ReferencePlayer): CaseProver {
  return async (cases, monitors, mutants) => {
    const proofs: CaseProof[] = []
    for (const one of cases) proofs.push(await proveCase(one, monitors, mutants, player))
    return proofs
  }
}
