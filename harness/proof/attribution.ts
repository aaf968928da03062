import type { MutantName } from '../reference/mutants.ts'
import type { MutantProof, ProverName } from './kills.ts'

/** What is wrong with the requirements that a mutant says it breaks. */
export type Misattribution = { readonly mutant: MutantName } /** It names none. */ & (
  | { readonly flaw: 'nothing-named' }
  /** It names some that the catalogue does not have. */
  | { readonly flaw: 'unknown'; readonly requirements: readonly string[] }
  /** Nothing ever finds one broken that it says it breaks. */
  | { readonly flaw: 'not-shown'; readonly requirements: readonly string[] }
  /** Something finds others broken: a false accusation, or an incomplete fault. */
  | { readonly flaw: 'accused'; readonly by: ProverName; readonly requirements: readonly string[] }
)

/**
 * Compares what mutants say they break with what was found broken.
 * @param catalogue the requirements that there are; unless given any may be named.
 * @param isWhole all scenarios were played; otherwise nobody knows what is never shown.
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

/** A mutant that nothing kills is a survivor, which is another shortcoming. */
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
