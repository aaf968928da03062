import type { Context } from './context.ts'
import type { Wait } from './setting.ts'

/** In ms: how long after its beginning a longer wait is looked at for the first time. */
const FIRST_LOOK = 10_000

/**
 * Starts or restarts a wait. `Setting` is asked whether it is over after ten seconds, so that a
 * fault can end it early, and when it should end.
 * @param id the id of its timer.
 * @param over is called at its end.
 */
export function wait(context: Context, id: string, what: Wait, over: () => void): void {
  // The ms are counted, not read from a clock, whose rounding could leave a rest of less than 1 ms.
  let waited = 0
  const after = (ms: number): void =>
    context.after(id, ms, () => {
      waited += ms
      const left = context.setting.left(what, waited)
      if (left === 0) over()
      else if (left !== Number.POSITIVE_INFINITY) after(left)
    })
  after(Math.min(what.ms, FIRST_LOOK))
}
