import type { Context } from './context.ts'
import type { FaultName } from './faults.ts'

/** A wait for the peer, and what mutants make of it. */
export interface Patience {
  /** The timer's. */
  readonly id: string
  readonly ms: number
  /** Waits 10 seconds only. */
  readonly briefly?: FaultName | undefined
  /** Begins to wait anew at a moment of its own. */
  readonly anew?: { readonly fault: FaultName; readonly since: () => number } | undefined
  /** Waits for ever. */
  readonly forever?: FaultName | undefined
}

/**
 * Starts a timer, or starts it again, and says what it does. Whether it waits longer for a mutant is asked only when it is over:
 * most plays end before that, and so need not be played on such a mutant.
 */
export function wait(context: Context, { id, ms, briefly, anew, forever }: Patience, fire: () => void): void {
  const { faults } = context
  const end = (): void => {
    const left = anew === undefined ? 0 : anew.since() + ms - context.now()
    if (anew !== undefined && left > 0 && faults.has(anew.fault)) context.after(id, left, end)
    else if (forever === undefined || !faults.has(forever)) fire()
  }
  context.after(id, briefly !== undefined && faults.has(briefly) ? 10_000 : ms, end)
}
