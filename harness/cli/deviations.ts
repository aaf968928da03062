import type { Deviations } from '../implementations/variant.ts'
import { HABIT_NAMES, type HabitName, isHabitName } from '../reference/habits.ts'
import { unknown } from '../runner/select.ts'
import { readMutant } from './perform-prove.ts'

/**
 * Reads the names of mutants and of habits.
 * @throws UsageError when there is none of such a name.
 */
export function readDeviations({
  fault,
  habit,
}: {
  readonly fault: readonly string[]
  readonly habit: readonly string[]
}): Deviations {
  return { faults: fault.map(readMutant), habits: habit.map(readHabit) }
}

function readHabit(name: string): HabitName {
  if (!isHabitName(name)) throw unknown('habit', name, HABIT_NAMES, 'habits')
  return name
}
