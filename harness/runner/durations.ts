import { z } from 'zod'
import type { RunEvent } from './events.ts'

/**
 * The durations of cases in earlier runs. The longest cases begin first, so that at the end no
 * single lane stays busy while all others are idle.
 */

/** Durations in ms, by implementation, then by case id. */
const schema = z.object({
  format: z.literal(1),
  implementations: z.record(z.string(), z.record(z.string(), z.number().min(0).max(86_400_000))),
})
type Kept = z.infer<typeof schema>
const NOTHING: Kept = { format: 1, implementations: {} }

export interface Durations {
  /**
   * ms that a case took when it was last played against an implementation; undefined if never
   * played.
   */
  of(implementation: string, caseId: string): number | undefined
  /** Remembers the duration of a case that was played to its end. */
  add(event: RunEvent): void
  /** The text of a file that `readDurations` reads back. */
  text(): string
}

/**
 * Reads the text of a durations file.
 * @param known ids of all existing cases; durations of other cases are dropped.
 * @returns undefined when this program has not written the text.
 */
export function readDurations(text: string, known: readonly string[]): Durations | undefined {
  try {
    return createDurations(schema.parse(JSON.parse(text)), known)
  } catch {
    return undefined
  }
}

/**
 * Creates durations that begin with those of earlier runs.
 * @param kept durations of earlier runs; none unless given.
 * @param known ids of all existing cases; durations of other cases are dropped.
 */
export function createDurations(kept: Kept = NOTHING, known: readonly string[] = []): Durations {
  const ids = new Set(known)
  const implementations = new Map(
    Object.entries(kept.implementations).map(([name, cases]) => [
      name,
      new Map(Object.entries(cases).filter(([id]) => ids.has(id))),
    ]),
  )
  return {
    of: (implementation, caseId) => implementations.get(implementation)?.get(caseId),
    add(event) {
      if (event.kind !== 'scenario-finished') return
      const { scenario, verdict, duration } = event.result
      // A case that was not played to its end predicts nothing about its next play.
      if (verdict === 'skip' || verdict === 'error' || duration === 0) return
      const cases = implementations.get(event.implementation) ?? new Map<string, number>()
      implementations.set(event.implementation, cases.set(scenario, Math.round(duration)))
    },
    text() {
      const plain = [...implementations].map(([name, cases]) => [name, Object.fromEntries(cases)])
      const now: Kept = { format: 1, implementations: Object.fromEntries(plain) }
      return `${JSON.stringify(now)}\n`
    },
  }
}
