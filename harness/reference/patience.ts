import type { Context } from './context.ts'
import type { FaultName } from './faults.ts'

/** ms after which a mutant has waited long enough. */
const BRIEF = 10_000

/** A wait for the peer, and what mutants make of it. */
export interface Patience {
  /** The timer's. */
  readonly id: string
  /** More than 10 seconds. */
  readonly ms: number
  /** Waits 10 seconds only. */
  readonly briefly?: FaultName | undefined
  /** Begins to wait anew at a moment of its own. */
  readonly anew?: { readonly fault: FaultName; readonly since: () => number } | undefined
  /** Waits for ever. */
  readonly forever?: FaultName | undefined
}

/**
 * Starts a timer, or starts it again, and says what it does. Whether it is another for a mutant is
 * asked only when that shows: most plays end before, and so need not be played on such a mutant.
 */
export function wait(context: Context, { id, ms, briefly, anew, forever }: Patience, fire: () => void): void {
  const { faults } = context
  const end = (): void => {
    const left = anew === undefined ? 0 : anew.since() + ms - context.now()
    if (anew !== undefined && left > 0 && faults.has(anew.fault)) context.after(id, left, end)
    else if (forever === undefined || !faults.has(forever)) fire()
  }
  if (briefly === undefined) context.after(id, ms, end)
  else
    context.after(id, BRIEF, () => {
      if (faults.has(briefly)) fire()
      else context.after(id, ms - BRIEF, end)
    })
}
