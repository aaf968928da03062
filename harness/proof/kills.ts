import type { MutantName } from '../reference/mutants.ts'
import type { Verdict } from '../scenario/verdict.ts'

/** A scenario or a monitor, which mutants have to prove able to fail. */
export interface ProverName {
  readonly kind: 'scenario' | 'monitor'
  /** A monitor's id, or a scenario's name with its role: `tunnel/gap@originator`. */
  readonly id: string
}

/** A mutant that a scenario or monitor tells from the reference. */
export interface Kill {
  readonly by: ProverName
  readonly mutant: MutantName
  readonly verdict: 'fail' | 'warn'
  /** Requirements found broken. */
  readonly requirements: readonly string[]
  /** Ids of the cases in which it does so. */
  readonly cases: readonly string[]
  /** The first finding, as an example. */
  readonly expected: string
  readonly seen: string
}

/** What became of one mutant. */
export interface MutantProof {
  readonly mutant: MutantName
  readonly side: 'recipient' | 'originator'
  /** `breaks` and `consequences` of its fault: ids of requirements. */
  readonly breaks: readonly string[]
  readonly consequences: readonly string[]
  /** `not-reached`: no play consulted its fault. */
  readonly result: 'killed' | 'survived' | 'not-reached'
  readonly kills: readonly Kill[]
  /** Cases that ended inconclusive, in error or skipped on it: they kill nothing. */
  readonly disturbed: readonly { readonly case: string; readonly verdict: Verdict; readonly reason: string }[]
}
