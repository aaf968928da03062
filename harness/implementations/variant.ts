import type { Network } from '../network/network.ts'
import { type Pace, paced } from '../network/paced.ts'
import type { Configuration } from '../reference/configuration.ts'
import { createDeviants, type Faults } from '../reference/faults.ts'
import type { Habit } from '../reference/habits/habit.ts'
import { HABITS, type HabitName, withReflexes } from '../reference/habits.ts'
import { createReference, type Machine } from '../reference/machine.ts'
import type { MutantName } from '../reference/mutants.ts'
import { paceOf, slowed } from './tempo.ts'

/** How a reference differs from its usual self: by faults, and by lawful habits. */
export interface Deviations {
  readonly faults: readonly MutantName[]
  readonly habits: readonly HabitName[]
}

export const NO_DEVIATIONS: Deviations = { faults: [], habits: [] }

/** A reference peer with habits. */
export interface Variant {
  readonly machine: Machine
  /** The network as it uses it: some habits are about when things leave. */
  network(network: Network): Network
}

/** Makes a reference peer with faults and habits. */
export function variantOf(configuration: Configuration, { faults, habits }: Deviations): Variant {
  const own = habits.map((name) => HABITS[name])
  return variantWith(configuredBy(configuration, own), { habits: own, faults: createDeviants(own, faults) })
}

/**
 * Makes a reference peer with habits whose functions of the seams are among those of `faults`.
 * @param pace delays of its messages and packets, in addition to those of its habits.
 */
export function variantWith(
  configuration: Configuration,
  {
    habits,
    faults,
    pace,
  }: {
    readonly habits: readonly Habit[]
    readonly faults: Pick<Faults, 'seams'>
    readonly pace?: Pace | undefined
  },
): Variant {
  const ppp = Object.assign({ ...configuration.ppp }, ...habits.map((habit) => habit.ppp))
  const machine = createReference({ configuration: { ...configuration, ppp }, faults })
  const whole = slowed(paceOf(habits.flatMap(({ tempo }) => tempo ?? [])), pace)
  return {
    machine: withReflexes(
      machine,
      habits.flatMap(({ reflex }) => reflex?.() ?? []),
    ),
    network: (network) => (whole === undefined ? network : paced(network, whole)),
  }
}

/** A configuration as habits change it. */
export function configuredBy(configuration: Configuration, habits: readonly Habit[]): Configuration {
  return Object.assign({ ...configuration }, ...habits.map((habit) => habit.configuration))
}
