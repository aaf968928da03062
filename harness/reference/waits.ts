import type { Context } from './context.ts'
import type { Wait } from './setting.ts'

/** ms: a longer wait is looked at before its end, too. */
const FIRST_LOOK = 10_000

/**
 * Starts a wait, or starts it again, and says what its end does. Whether it is over is asked as
 * late as can be: after ten seconds, and at its end.
 * @param id of the timer.
 */
export function wait(context: Context, id: string, what: Wait, over: () => void): void {
  // Counted, not measured: what is left may be less than the clock can tell.
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
