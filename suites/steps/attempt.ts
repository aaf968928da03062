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
