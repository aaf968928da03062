import type { MutantName } from '../reference/mutants.ts'
import type { MutantProof, ProverName } from './kills.ts'

/**
 * What is wrong with `breaks` and `consequences` of a mutant. `nothing-named`: `breaks` is empty.
 */
export type Misattribution = { readonly mutant: MutantName } & (
  | { readonly flaw: 'nothing-named' }
  /** These requirements are not in the catalogue. */
  | { readonly flaw: 'unknown'; readonly requirements: readonly string[] }
  /** No scenario or monitor finds any requirement of `breaks` broken. */
  | { readonly flaw: 'not-shown'; readonly requirements: readonly string[] }
  /**
   * A scenario or monitor finds requirements broken that the mutant does not name: the accusation
   * is false, or the mutant names too few.
   */
  | { readonly flaw: 'accused'; readonly by: ProverName; readonly requirements: readonly string[] }
)

/**
 * Compares the requirements that mutants name with those that were found broken.
 * @param catalogue all requirements by id; undefined: mutants may name any.
 * @param isWhole whether all scenarios were played; otherwise `not-shown` is not reported.
 */
export function misattributionsOf(
  mutants: readonly MutantProof[],
  {
    catalogue,
    isWhole,
  }: { readonly catalogue: Readonly<Record<string, unknown>> | undefined; readonly isWhole: boolean },
): readonly Misattribution[] {
  return mutants.flatMap((one) => [
    ...named(one, catalogue),
    ...(isWhole ? shown(one) : []),
    ...accusations(one),
  ])
}

function named(
  { mutant, breaks, consequences }: MutantProof,
  catalogue: Readonly<Record<string, unknown>> | undefined,
): readonly Misattribution[] {
  if (breaks.length === 0) return [{ mutant, flaw: 'nothing-named' }]
  if (catalogue === undefined) return []
  const requirements = [...breaks, ...consequences].filter((id) => !Object.hasOwn(catalogue, id))
  return requirements.length === 0 ? [] : [{ mutant, flaw: 'unknown', requirements }]
}

/** Finds `not-shown`. A mutant that nothing kills is reported as a survivor instead. */
function shown({ mutant, breaks, kills }: MutantProof): readonly Misattribution[] {
  if (kills.length === 0 || breaks.length === 0) return []
  const found = kills.some(({ requirements }) => requirements.some((id) => breaks.includes(id)))
  return found ? [] : [{ mutant, flaw: 'not-shown', requirements: breaks }]
}

function accusations({ mutant, breaks, consequences, kills }: MutantProof): readonly Misattribution[] {
  return kills.flatMap(({ by, requirements }): readonly Misattribution[] => {
    const others = requirements.filter((id) => !breaks.includes(id) && !consequences.includes(id))
    return others.length === 0 ? [] : [{ mutant, flaw: 'accused', by, requirements: others }]
  })
}
