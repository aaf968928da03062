import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { createDeviants } from '../reference/faults.ts'
import { HABIT_NAMES, HABITS, type HabitName } from '../reference/habits.ts'
import { MUTANT_NAMES, MUTANTS, type MutantName } from '../reference/mutants.ts'
import { judgeTrace, type Monitor } from '../scenario/monitor.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import type { Verdict } from '../scenario/verdict.ts'
import { readTrace } from '../trace/messages.ts'
import { playOnReference } from './prove-case.ts'

/** An implementation that nobody has seen: the reference with some faults and lawful habits. */
export interface Stranger {
  readonly faults: readonly MutantName[]
  readonly habits: readonly HabitName[]
}

/** Something that a play of a stranger holds against it. */
export interface Accusation {
  readonly requirement: string
  readonly verdict: 'fail' | 'warn'
  readonly expected: string
  readonly seen: string
}

/** What one case came to on a stranger. */
export interface StrangerPlay {
  readonly case: string
  readonly verdict: Verdict
  readonly accusations: readonly Accusation[]
}

/** Every fifth stranger has habits only: no accusation of it is right. */
const BLAMELESS = 5
const MOST_FAULTS = 4
const MOST_HABITS = 3

/** The stranger of a seed (32 bits): always the same. */
export function strangerOf(seed: number): Stranger {
  const random = drawing(seed)
  const isBlameless = random(BLAMELESS) === 0
  return {
    faults: isBlameless ? [] : several(random, MUTANT_NAMES, 2 + random(MOST_FAULTS - 1)),
    habits: several(random, HABIT_NAMES, isBlameless ? 1 + random(MOST_HABITS) : random(MOST_HABITS + 1)),
  }
}

/** Whole numbers from 0 to below a bound, by seed. */
export function drawing(seed: number): (below: number) => number {
  const generator = xoroshiro128plus(seed)
  return (below) => uniformInt(generator, 0, below - 1)
}

/** Some of them, each once. */
export function several<T>(
  random: (below: number) => number,
  all: readonly T[],
  count: number,
): readonly T[] {
  const left = [...all]
  return Array.from({ length: Math.min(count, all.length) }, () => left.splice(random(left.length), 1)).flat()
}

/** Plays one case on a stranger, with monitors watching. */
export async function playStranger(
  one: ScenarioCase,
  { faults, habits }: Stranger,
  monitors: readonly Monitor[],
): Promise<StrangerPlay> {
  const own = habits.map((name) => HABITS[name])
  const {
    result,
    trace,
    reading = readTrace(trace),
  } = await playOnReference(one, createDeviants(own, faults), { habits: own })
  // Where the harness is at fault, a full trace for example, what it saw is no evidence.
  const isEvidence = result.verdict !== 'error'
  const findings = [
    ...(result.verdict === 'fail' || result.verdict === 'warn' ? result.findings : []),
    ...(isEvidence ? judgeTrace(reading, 'iut', monitors, 'broken') : []),
  ]
  return {
    case: one.id,
    verdict: result.verdict,
    accusations: findings.flatMap(({ requirement, verdict, expected, seen }) =>
      verdict === 'fail' || verdict === 'warn' ? [{ requirement, verdict, expected, seen }] : [],
    ),
  }
}

/** Whether what a stranger is made of explains an accusation. */
export function explains({ faults, habits }: Stranger, { requirement, verdict }: Accusation): boolean {
  return (
    faults.some((name) => isShownBy(name, requirement)) ||
    habits.some((name) => HABITS[name].broken?.includes(requirement) === true) ||
    (verdict === 'warn' && habits.some((name) => HABITS[name].warned?.includes(requirement) === true))
  )
}

/** Whether a fault breaks that requirement, or makes it fail in consequence. */
export function isShownBy(name: MutantName, requirement: string): boolean {
  const { breaks, consequences = [] } = MUTANTS[name]
  return breaks.includes(requirement) || consequences.includes(requirement)
}

/** The strangers that have one fault or habit less. */
export function withOneLess({ faults, habits }: Stranger): readonly Stranger[] {
  return [
    ...faults.map((one) => ({ faults: faults.filter((other) => other !== one), habits })),
    ...habits.map((one) => ({ faults, habits: habits.filter((other) => other !== one) })),
  ]
}
