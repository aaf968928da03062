import type { MutantName } from '../reference/mutants.ts'
import type { Verdict } from '../scenario/verdict.ts'

/** A scenario or a monitor: what gives verdicts and has to be proved able to. */
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
  /** Cases in which it shows. */
  readonly cases: readonly string[]
  /** The first finding, as an example. */
  readonly expected: string
  readonly seen: string
}

/** What became of one mutant. */
export interface MutantProof {
  readonly mutant: MutantName
  readonly side: 'recipient' | 'originator'
  /** Ids of requirements that it says it breaks, and of others that fail in consequence. */
  readonly breaks: readonly string[]
  readonly consequences: readonly string[]
  /** `not-reached`: no case consults it. */
  readonly result: 'killed' | 'survived' | 'not-reached'
  readonly kills: readonly Kill[]
  /** Cases that it kept from their end without a verdict about it: no kill. */
  readonly disturbed: readonly { readonly case: string; readonly verdict: Verdict; readonly reason: string }[]
}
