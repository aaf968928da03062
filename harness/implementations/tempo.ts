import type { Pace } from '../network/paced.ts'
import type { Tempo } from '../reference/habits/habit.ts'

/** The pace of a peer with several tempi; undefined where it has none, and all leaves at once. */
export function paceOf(tempi: readonly Tempo[]): Pace | undefined {
  if (tempi.length === 0) return undefined
  const late = tempi.reduce((sum, tempo) => sum + (tempo.late ?? 0), 0)
  const every = Math.max(...tempi.map((tempo) => tempo.every ?? 0))
  const first = Math.max(...tempi.map((tempo) => tempo.firstSegment ?? 0))
  return {
    delay(direction, _, now) {
      if (direction === 'in') return 0
      const due = now + late
      return (every === 0 ? due : Math.ceil(due / every) * every) - now
    },
    segments: (octets) =>
      first === 0 || octets.length <= first ? [octets] : [octets.subarray(0, first), octets.subarray(first)],
  }
}

/** Both, one behind the other. */
export function slowed(one: Pace | undefined, other: Pace | undefined): Pace | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return {
    delay(direction, protocol, now) {
      const first = one.delay(direction, protocol, now)
      return first + other.delay(direction, protocol, now + first)
    },
    segments: (octets) =>
      (one.segments?.(octets) ?? [octets]).flatMap((segment) => other.segments?.(segment) ?? [segment]),
  }
}
