import type { MutantName } from '../reference/mutants.ts'
import type { Proof } from './proof.ts'
import type { FalseAccusation, MissedFault, StrangerProof } from './strangers.ts'

/** What many strangers came to. */
export interface StrangersSummary {
  readonly strangers: number
  readonly plays: number
  readonly accusations: number
  /** How many of these what the strangers are made of explains, from 0 to 1. */
  readonly precision: number
  /** How many of the faults show that nothing else hides, from 0 to 1. */
  readonly recall: number
  readonly hidden: number
  /** False accusations that have a cause in common, the most frequent first. */
  readonly falseAccusations: readonly FalseGroup[]
  readonly missed: readonly MissedFault[]
}

/** False accusations under one requirement with the same fewest faults and habits. */
export interface FalseGroup {
  readonly requirement: string
  readonly count: number
  readonly example: FalseAccusation
}

/** The least that is asked for. */
export const WANTED = { precision: 0.995, recall: 0.95 } as const

/** Whether the strangers were told right from wrong as well as is asked for. */
export function isPrecise({ precision, recall }: StrangersSummary): boolean {
  return precision >= WANTED.precision && recall >= WANTED.recall
}

/** Sums up what strangers came to. */
export function summaryOf(proofs: readonly StrangerProof[]): StrangersSummary {
  const sum = (count: (proof: StrangerProof) => number) => proofs.reduce((all, one) => all + count(one), 0)
  const accusations = sum((one) => one.accusations)
  const wrong = proofs.flatMap((one) => one.falseAccusations)
  const missed = proofs.flatMap((one) => one.missed)
  const shown = sum((one) => one.shown.length)
  return {
    strangers: proofs.length,
    plays: sum((one) => one.plays),
    accusations,
    precision: accusations === 0 ? 1 : 1 - wrong.length / accusations,
    recall: shown + missed.length === 0 ? 1 : shown / (shown + missed.length),
    hidden: sum((one) => one.hidden.length),
    falseAccusations: grouped(wrong),
    missed,
  }
}

function grouped(wrong: readonly FalseAccusation[]): readonly FalseGroup[] {
  const groups = new Map<string, FalseAccusation[]>()
  for (const one of wrong) {
    const { faults, habits } = one.stranger
    const key = [one.requirement, ...[...faults, ...habits].sort()].join(' ')
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
    .flatMap((all) => {
      const [example] = all
      return example === undefined ? [] : [{ requirement: example.requirement, count: all.length, example }]
    })
    .sort((a, b) => b.count - a.count)
}

/** Cases of a scenario that are kept for each fault that it shows. */
const CASES_A_KILL = 2

/** By fault, cases that show it where it is alone. */
export function showingIn({ mutants }: Pick<Proof, 'mutants'>): Partial<Record<MutantName, string[]>> {
  return Object.fromEntries(
    mutants.map(({ mutant, kills }) => [
      mutant,
      [...new Set(kills.flatMap(({ cases }) => cases.slice(0, CASES_A_KILL)))],
    ]),
  )
}
