import type { MutantName } from './mutants.ts'

/** The name of a fault switch; each mutant has exactly one switch on. */
export type FaultName = MutantName

/**
 * Fault switches as the machine sees them. A switch is consulted only where it would change
 * something, so a play that never consults it would go the same way with it on.
 */
export interface Faults {
  has(name: FaultName): boolean
  /** Every switch consulted so far, on or off. */
  consulted(): ReadonlySet<FaultName>
}

/** One fault, or none: the reference itself. */
export function createFaults(active?: FaultName): Faults {
  const consulted = new Set<FaultName>()
  return {
    has(name) {
      consulted.add(name)
      return name === active
    },
    consulted: () => consulted,
  }
}
