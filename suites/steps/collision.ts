import type { Control } from '../../harness/scenario/control.ts'
import { startRequest, type Tester } from '../../harness/scenario/tester.ts'

/**
 * Two control connections between the same two ends, on each of which a start request waits for its
 * reply.
 */
export interface Collision<R extends string> {
  /** The one that the IUT opened. */
  readonly own: Control<R>
  /** The one that we opened. */
  readonly ours: Control<R>
}

/**
 * Preamble: makes the IUT dial the tester's address `at`, and connects from there to the IUT at the
 * same time. @throws Inconclusive.
 */
export async function collide<R extends string>(
  t: Pick<Tester<R>, 'dial' | 'connect'>,
  at: string,
): Promise<Collision<R>> {
  const dial = await t.dial({}, { at })
  const own = await dial.connection()
  await own.await('Start-Control-Connection-Request')
  const ours = await t.connect({ from: at })
  ours.send('Start-Control-Connection-Request', startRequest())
  return { own, ours }
}
