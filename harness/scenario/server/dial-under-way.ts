import { PPTP_PORT } from '../../protocol/messages.ts'
import type { Control } from '../control.ts'
import { type Dial, type DialEnd, describeDialEnd } from '../dial.ts'
import { Decided, Inconclusive, type OneOrMore } from '../judge.ts'
import type { TesterContext } from '../tester-context.ts'
import { type Arrivals, type TakeOptions, takeArrival } from './arrivals.ts'

/**
 * A dial of the originator, as scenarios use it. With several dials at the same time, a TCP
 * connection belongs to the dial whose function takes it first.
 */
export interface DialUnderWay<R extends string> {
  /**
   * Takes the IUT's next TCP connection, perhaps one that is open already. @throws Inconclusive
   * when no connection comes within the window.
   */
  connection(options?: TakeOptions): Promise<Control<R>>
  /** Like `connection`, but decides whether one comes. @throws Decided when none comes. */
  expectConnection(requirement: OneOrMore<R>, options?: TakeOptions): Promise<Control<R>>
  /** Like `connection`, but returns undefined when none comes. */
  nextConnection(options?: TakeOptions): Promise<Control<R> | undefined>
  /**
   * Tells the IUT to end the call and the connection. The scenario has to have `needs:
   * ['hang-up']`.
   * @throws Inconclusive where the IUT cannot be told to.
   */
  hangUp(): Promise<void>
  /** Whether `ended` can return how the dial ends. */
  readonly tells: boolean
  /**
   * Waits for the dial to end, and returns how, as a user sees it; undefined when it has not ended
   * after `window` ms. The scenario has to have `needs: ['dial-end']`.
   * @throws Inconclusive where the end of a dial cannot be observed.
   */
  ended(window: number): Promise<DialEnd | undefined>
  /**
   * Ends the dial, by force if need be, so that the IUT can be told to dial again. The tester does
   * this for every dial when the scenario ends.
   */
  stop(): Promise<void>
}

/**
 * Returns a dial as scenarios use it. When the dial ends by itself during the play, a note in the
 * trace says how; no verdict depends on it, as the RFC says nothing about it.
 */
export function followDial<R extends string>(
  context: TesterContext<R>,
  arrivals: Arrivals<R>,
  dial: Dial,
): DialUnderWay<R> {
  let stopped = false
  void dial.ended?.then((end) => {
    if (!stopped && !arrivals.closed)
      context.note(`the dial of the implementation ended: ${describeDialEnd(end)}`)
  })
  const none = (window = context.timers.dial) => `no TCP connection for ${Math.round(window)} ms`
  return {
    tells: dial.ended !== undefined,
    nextConnection: (options) => takeArrival(arrivals, options),
    async connection(options = {}) {
      const control = await takeArrival(arrivals, options)
      if (control === undefined)
        throw new Inconclusive(`${none(options.window)} from ${arrivals.iut}, which was told to dial`)
      return control
    },
    async expectConnection(requirement, options = {}) {
      const control = await takeArrival(arrivals, options)
      context.judge.decide(requirement, {
        ok: control !== undefined,
        expected: `a TCP connection to port ${PPTP_PORT}`,
        seen: control === undefined ? none(options.window) : 'a TCP connection',
      })
      if (control === undefined) throw new Decided()
      return control
    },
    async hangUp() {
      if (dial.hangUp === undefined) throw new Inconclusive('the implementation cannot be told to hang up')
      context.note('the implementation is told to hang up')
      await dial.hangUp()
    },
    ended: (window) => endWithin(context, dial, window),
    stop() {
      stopped = true
      return dial.stop()
    },
  }
}

async function endWithin<R extends string>(
  { clock }: TesterContext<R>,
  { ended }: Dial,
  window: number,
): Promise<DialEnd | undefined> {
  if (ended === undefined) throw new Inconclusive('how a dial of the implementation ends cannot be observed')
  return new Promise((resolve) => {
    const timer = clock.after(window, () => resolve(undefined))
    void ended.then((end) => {
      timer.cancel()
      resolve(end)
    })
  })
}
