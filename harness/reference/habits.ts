import { CALL_HABITS } from './habits/calls.ts'
import { CONTROL_HABITS } from './habits/control.ts'
import type { Habit, Impulse, Reflex } from './habits/habit.ts'
import { PPP_HABITS } from './habits/ppp.ts'
import { TEMPO_HABITS } from './habits/tempo.ts'
import { TUNNEL_HABITS } from './habits/tunnel.ts'
import type { Machine } from './machine.ts'

const ALL = {
  ...CONTROL_HABITS,
  ...CALL_HABITS,
  ...TUNNEL_HABITS,
  ...PPP_HABITS,
  ...TEMPO_HABITS,
} satisfies Record<string, Habit>

export type HabitName = keyof typeof ALL

/** Lawful variants of the reference, by name. */
export const HABITS: Readonly<Record<HabitName, Habit>> = ALL

export const HABIT_NAMES = Object.keys(HABITS) as HabitName[]

export function isHabitName(name: string): name is HabitName {
  return Object.hasOwn(HABITS, name)
}

/** What the timers of impulses begin with: the machine does not know them. */
const IMPULSE = 'impulse/'

/** A machine that also does what reflexes tell it to. */
export function withReflexes(machine: Machine, reflexes: readonly Reflex[]): Machine {
  if (reflexes.length === 0) return machine
  const pending = new Map<string, Impulse>()
  return {
    handle(event) {
      const impulse = event.kind === 'timer' ? pending.get(event.id) : undefined
      if (event.kind === 'timer') pending.delete(event.id)
      const actions = machine.handle(
        impulse === undefined ? event : { now: event.now, kind: 'command', command: impulse.command },
      )
      return [
        ...actions,
        ...reflexes
          .flatMap((reflex) => reflex(event, actions))
          .map((one) => {
            const id = `${IMPULSE}${one.id}`
            pending.set(id, one)
            return { kind: 'set-timer', id, ms: one.after } as const
          }),
      ]
    },
  }
}
