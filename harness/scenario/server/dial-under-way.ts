import { PPTP_PORT } from '../../protocol/messages.ts'
import type { Control } from '../control.ts'
import { type Dial, type DialEnd, describeDialEnd } from '../dial.ts'
import { Decided, Inconclusive, type OneOrMore } from '../judge.ts'
import type { TesterContext } from '../tester-context.ts'
import { type Arrivals, type TakeOptions, takeArrival } from './arrivals.ts'

/**
 * A dial of the originator. Where several dials are under way, the first that asks for a TCP
 * connection gets the next one.
 */
export interface DialUnderWay<R extends string> {
  /**
   * The IUT's next TCP connection. Those that nobody asked for yet wait. @throws Inconclusive when
   * none comes.
   */
  connection(options?: TakeOptions): Promise<Control<R>>
  /** The same, but decides a requirement by it. @throws Decided when none comes. */
  expectConnection(requirement: OneOrMore<R>, options?: TakeOptions): Promise<Control<R>>
  /** The same, where none is as good an answer. */
  nextConnection(options?: TakeOptions): Promise<Control<R> | undefined>
  /**
   * Tells it to end the call and the connection. Takes `needs: ['hang-up']`. @throws Inconclusive
   * where nobody can.
   */
  hangUp(): Promise<void>
  /** Whether anybody can tell how it ends. */
  readonly tells: boolean
  /**
   * How the dial ended, as its user sees it; undefined when it has not after `window` ms. Takes
   * `needs: ['dial-end']`.
   * @throws Inconclusive where nobody can tell.
   */
  ended(window: number): Promise<DialEnd | undefined>
  /**
   * Ends it whatever it takes, so that it can be dialled again. Done for every dial at the
   * scenario's end.
   */
  stop(): Promise<void>
}

/**
 * A dial as scenarios hold it. Writes into the trace what its user is told when the dial ends by
 * itself: the RFC says nothing about that, so no verdict hangs on it. What comes of our own
 * stopping it, or of the end of the play, is not its doing.
 */
export function followDial<R extends string>(
  context: TesterContext<R>,
  arrivals: Arrivals<R>,
  dial: Dial,
): DialUnderWay<R> {
  let stopped = false
  void dial.ended?.then((end) => {
    if (!stopped && !arrivals.closed) context.note(`its dial ended: ${describeDialEnd(end)}`)
  })
  const none = (window = context.timers.dial) => `none in ${Math.round(window)} ms`
  return {
    tells: dial.ended !== undefined,
    nextConnection: (options) => takeArrival(arrivals, options),
    async connection(options = {}) {
      const control = await takeArrival(arrivals, options)
      if (control === undefined)
        throw new Inconclusive(`no TCP connection from ${arrivals.iut}: ${none(options.window)}`)
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
      if (dial.hangUp === undefined) throw new Inconclusive('it cannot be told to hang up')
      context.note('it is told to hang up')
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
  if (ended === undefined) throw new Inconclusive('nobody can tell how its dial ends')
  return new Promise((resolve) => {
    const timer = clock.after(window, () => resolve(undefined))
    void ended.then((end) => {
      timer.cancel()
      resolve(end)
    })
  })
}
