import type { MessageName } from '../../protocol/messages.ts'
import { Decided, Inconclusive, type Judge, type OneOrMore } from '../judge.ts'
import { describeObservation, entryOf, type Observation, type Received, receivedAs } from '../observation.ts'
import { type ControlLink, fence, next, nextNamed, PASSED_OVER } from './link.ts'

/** Waits for a message of that name. @throws Inconclusive when something else comes. */
export async function awaitMessage<N extends MessageName>(
  link: ControlLink,
  name: N,
  window: number | undefined,
): Promise<Received<N>> {
  const observation = await nextNamed(link, name, window)
  const received = receivedAs(observation, name)
  if (received === undefined)
    throw new Inconclusive(`waited for ${name}, but saw ${describeObservation(observation)}`)
  return received
}

/** Decides whether the next message is of that name. @throws Decided when it is not. */
export async function expectMessage<R extends string, N extends MessageName>(
  link: ControlLink,
  judge: Judge<R>,
  requirement: OneOrMore<R>,
  name: N,
  window: number | undefined,
): Promise<Received<N>> {
  const observation = await next(link, window)
  const received = receivedAs(observation, name)
  judge.decide(requirement, {
    ok: received !== undefined,
    expected: name,
    seen: describeObservation(observation),
    entry: entryOf(observation),
  })
  if (received === undefined) throw new Decided()
  return received
}

/** Options of `Control.expectClose`. */
export interface CloseOptions {
  /** True: no messages but those of `besides` may come before the close. */
  readonly first?: boolean
  /** Names of messages that may come before the close even with `first`. */
  readonly besides?: readonly MessageName[]
  /** ms to wait for the close; the timer profile's `close` unless given. */
  readonly window?: number
}

/**
 * Decides whether the IUT closes the connection. Returns the close, or what was seen last instead.
 */
export async function expectClose<R extends string>(
  link: ControlLink,
  judge: Judge<R>,
  requirement: OneOrMore<R>,
  { first = false, besides = [], window = link.context.timers.close }: CloseOptions,
): Promise<Observation> {
  const { clock } = link.context
  const deadline = clock.now() + window
  const before: Observation[] = []
  let observation = await next(link, window)
  while (observation.kind !== 'closed' && observation.kind !== 'silence' && before.length < PASSED_OVER) {
    before.push(observation)
    observation = await next(link, Math.max(0, deadline - clock.now()))
  }
  const isEarly = (one: Observation) => besides.every((name) => receivedAs(one, name) === undefined)
  const early = first ? before.find(isEarly) : undefined
  judge.decide(requirement, {
    ok: observation.kind === 'closed' && early === undefined,
    expected: first ? 'the connection closes, and nothing is sent before' : 'the connection closes',
    seen: [
      ...before.slice(0, 4),
      observation.kind === 'silence' ? { ...observation, waited: window } : observation,
    ]
      .map(describeObservation)
      .join(', then '),
    entry:
      entryOf(early ?? observation) ??
      (before.length > 0 ? entryOf(before[before.length - 1] ?? observation) : undefined),
  })
  return observation
}

/**
 * Decides whether the IUT sends nothing before the Echo-Reply to a fence. @throws Decided when it
 * does, or sends no Echo-Reply.
 */
export async function expectNothing<R extends string>(
  link: ControlLink,
  judge: Judge<R>,
  requirement: OneOrMore<R>,
  expected: string,
): Promise<void> {
  const { before, alive, entry } = await fence(link)
  const surprise = before[0]
  judge.decide(requirement, {
    ok: alive && surprise === undefined,
    expected,
    seen:
      surprise === undefined
        ? 'nothing before the Echo-Reply that answers the next Echo-Request'
        : describeObservation(surprise),
    entry: surprise === undefined ? entry : entryOf(surprise),
  })
  if (!alive || surprise !== undefined) throw new Decided()
}

/** Decides whether the IUT answers an Echo-Request. @throws Decided when it does not. */
export async function expectAlive<R extends string>(
  link: ControlLink,
  judge: Judge<R>,
  requirement: OneOrMore<R>,
  expected: string,
): Promise<void> {
  const { before, alive, entry } = await fence(link)
  const last = before[before.length - 1]
  judge.decide(requirement, {
    ok: alive,
    expected,
    seen: alive ? 'Echo-Reply' : last === undefined ? 'nothing' : describeObservation(last),
    entry: alive ? entry : last === undefined ? undefined : entryOf(last),
  })
  if (!alive) throw new Decided()
}
