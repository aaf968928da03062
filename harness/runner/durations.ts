import { z } from 'zod'
import type { RunEvent } from './events.ts'

/**
 * How long cases took in earlier runs, so that the longest are begun first: what is begun last
 * should not keep one lane busy while all others have nothing left to do.
 */

/** ms by case id, by implementation. */
const schema = z.object({
  format: z.literal(1),
  implementations: z.record(z.string(), z.record(z.string(), z.number().min(0).max(86_400_000))),
})
type Kept = z.infer<typeof schema>
const NOTHING: Kept = { format: 1, implementations: {} }

export interface Durations {
  /**
   * ms that a case took when it was last played against an implementation; undefined where it never
   * was.
   */
  of(implementation: string, caseId: string): number | undefined
  /** Remembers what a case that was played to its end has taken. */
  add(event: RunEvent): void
  /** The text of the file from which `readDurations` makes the same. */
  text(): string
}

/**
 * @param known ids of all cases there are: others are forgotten.
 * @returns undefined where the text is nothing that this program has written.
 */
export function readDurations(text: string, known: readonly string[]): Durations | undefined {
  try {
    return createDurations(schema.parse(JSON.parse(text)), known)
  } catch {
    return undefined
  }
}

/** @param kept of earlier runs; nothing unless given. */
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
      // What was not played, or not to its end, says nothing about the next time.
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
