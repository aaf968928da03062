import { Inconclusive } from '../../harness/scenario/judge.ts'

/** What became of a preamble that did not have to work: what it gives, or why it gives nothing. */
export type Attempted<T> = { readonly value: T; readonly why?: never } | { readonly why: string }

/** Tries a preamble whose failure is something to be judged, or nothing to mind. */
export async function attempt<T>(preamble: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await preamble() }
  } catch (error) {
    if (error instanceof Inconclusive) return { why: error.message }
    throw error
  }
}
