import type { Control } from '../../harness/scenario/control.ts'
import type { EitherTester } from '../../harness/scenario/either.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'

/** The outcome of a preamble that may fail: its value, or why there is none. */
export type Attempted<T> = { readonly value: T; readonly why?: never } | { readonly why: string }

/** Runs a preamble that may fail with `Inconclusive`; the caller judges or ignores that. */
export async function attempt<T>(preamble: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await preamble() }
  } catch (error) {
    if (error instanceof Inconclusive) return { why: error.message }
    throw error
  }
}

/** ms between two attempts to establish a connection. */
const AGAIN = 250

/**
 * Establishes another control connection after one that we have ended. Tries again for
 * `timers.close` ms: an IUT that has not noticed that end yet may refuse a second connection.
 */
export async function establishAnother<R extends string>(
  t: Pick<EitherTester<R>, 'establish' | 'clock' | 'timers'>,
): Promise<Attempted<Control<R>>> {
  const deadline = t.clock.now() + t.timers.close
  for (;;) {
    const tried = await attempt(() => t.establish())
    if (tried.why === undefined || t.clock.now() >= deadline) return tried
    await t.clock.sleep(AGAIN)
  }
}
