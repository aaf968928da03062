import { controlMessage, encodeControl } from '../protocol/control.ts'
import {
  type BodyValues,
  type ControlMessage,
  fieldsOf,
  type HeaderValues,
  type MessageName,
} from '../protocol/messages.ts'
import { concat } from '../protocol/octets.ts'
import type { RecordedConnection } from '../trace/recorder.ts'
import { type Alternative, decideByAlternatives } from './control/alternatives.ts'
import {
  awaitMessage,
  type CloseOptions,
  expectAlive,
  expectClose,
  expectMessage,
  expectNothing,
} from './control/expectations.ts'
import {
  beginWriting,
  type ControlOptions,
  type Delivery,
  disposeLink,
  fence,
  next,
  nextOrAskAgain,
  openLink,
  passOver,
  resetLink,
  stopReading,
  write,
} from './control/link.ts'
import type { OneOrMore } from './judge.ts'
import type { Observation, Received } from './observation.ts'
import type { TesterContext } from './tester-context.ts'

export { type Alternative, reaction } from './control/alternatives.ts'
export type { Delivery } from './control/link.ts'
export { describeMessage } from './observation.ts'

/**
 * What makes a valid message a malformed one, applied in this order. Without a name: one that fits
 * any message.
 */
export interface Malformation<N extends MessageName | 'any' = 'any'> {
  /**
   * Fields to overwrite after the message was made, header fields included; numbers as they are put
   * on the wire.
   */
  readonly patch?: Partial<HeaderValues & (N extends MessageName ? BodyValues<N> : unknown)>
  /** Keeps only so many octets. */
  readonly truncate?: number
  /** Octets to add at the end. */
  readonly append?: Uint8Array
  readonly delivery?: Delivery
}

/**
 * One control connection, as the tester holds it. Where it decides a requirement it decides several
 * just as well.
 */
export interface Control<R extends string> {
  /** The tester's address that it was opened from; undefined where the system chose. */
  readonly from: string | undefined
  /** Sends a valid message, or a malformed one made from it. */
  send<N extends MessageName>(name: N, values?: Partial<BodyValues<N>>, malformation?: Malformation<N>): void
  /**
   * Sends so many octets of a message; what it returns sends the rest. All else that is sent
   * meanwhile, Echo-Replies too, waits until then: what the IUT has is half a message.
   */
  begin<N extends MessageName>(name: N, octets: number, values?: Partial<BodyValues<N>>): () => void
  /**
   * Stops reading, so that TCP in time stops the IUT's writing; what it returns reads on. What was
   * sent by then is not lost.
   */
  stopReading(): () => void
  /** Sends several messages in one write. */
  sendTogether(...messages: readonly ControlMessage[]): void
  /**
   * Waits for what comes next, `window` ms at most (default: the timer profile's `reply`). A close
   * is seen again by every later call.
   */
  next(window?: number): Promise<Observation>
  /**
   * Waits for what comes next, and leaves it to be seen; messages by these names that come before
   * it are passed over (at most 64).
   */
  passOver(...names: readonly MessageName[]): Promise<void>
  /**
   * Preamble: waits for that message; one that was set aside is taken from there. @throws
   * Inconclusive when something else comes.
   */
  await<N extends MessageName>(name: N, window?: number): Promise<Received<N>>
  /** Decides a requirement by the next message's being `name`. @throws Decided when it is not. */
  expect<N extends MessageName>(requirement: OneOrMore<R>, name: N, window?: number): Promise<Received<N>>
  /**
   * Decides a requirement by the first alternative that the next observation matches; none is a
   * violation. Gives the observation.
   */
  expectOneOf(
    requirement: OneOrMore<R>,
    alternatives: readonly [Alternative, ...Alternative[]],
    window?: number,
  ): Promise<Observation>
  /**
   * Decides a requirement by the IUT's closing the connection. Messages before it are passed over
   * (at most 64), unless `first` says that the close must be the first thing seen. Messages that
   * `besides` names may come before it in any case.
   */
  expectClose(requirement: OneOrMore<R>, options?: CloseOptions): Promise<Observation>
  /**
   * Decides a requirement by nothing being answered: sends an Echo-Request as a fence and expects
   * its Echo-Reply next (no waiting).
   * @throws Decided when something else comes.
   */
  expectNothing(requirement: OneOrMore<R>, expected: string): Promise<void>
  /**
   * Decides a requirement by the connection still answering an Echo-Request; other messages are
   * passed over.
   */
  expectAlive(requirement: OneOrMore<R>, expected: string): Promise<void>
  /**
   * Preamble: whether the connection still answers an Echo-Request. Other messages are passed over.
   */
  isAlive(): Promise<boolean>
  /** Sends FIN. */
  end(): void
  /** Sends RST. */
  reset(): void
  /** Whether both sides have finished, or one has reset. */
  isOver(): boolean
  /** Ends our side and waits, shortly, for the IUT's. */
  dispose(): Promise<void>
}

/**
 * Wraps an open TCP connection as a control connection. The tester answers the IUT's Echo-Requests
 * by itself.
 */
export function createControl<R extends string>(
  connection: RecordedConnection,
  context: TesterContext<R>,
  options: ControlOptions = {},
): Control<R> {
  const link = openLink(connection, context, options)
  const { judge } = context
  return {
    from: options.from,
    next: (window) => next(link, window),
    send(name, values = {}, malformation = {}) {
      const message = controlMessage(name, values) as unknown as ControlMessage
      write(link, malformed(message, malformation), malformation.delivery)
    },
    begin(name, octets, values = {}) {
      const message = controlMessage(name, values) as unknown as ControlMessage
      return beginWriting(link, encodeControl(message), octets)
    },
    stopReading: () => stopReading(link),
    sendTogether: (...messages) => write(link, concat(...messages.map(encodeControl))),
    passOver: (...names) => passOver(link, names),
    await: (name, window) => awaitMessage(link, name, window),
    expect: (requirement, name, window) => expectMessage(link, judge, requirement, name, window),
    async expectOneOf(requirement, alternatives, window) {
      const fenced = alternatives.find(({ fence }) => fence !== undefined)?.fence
      const observation = await (fenced === undefined
        ? next(link, window)
        : nextOrAskAgain(link, fenced, window))
      decideByAlternatives(judge, requirement, alternatives, observation)
      return observation
    },
    expectClose: (requirement, close = {}) => expectClose(link, judge, requirement, close),
    expectNothing: (requirement, expected) => expectNothing(link, judge, requirement, expected),
    expectAlive: (requirement, expected) => expectAlive(link, judge, requirement, expected),
    isAlive: async () => (await fence(link)).alive,
    end: () => connection.end(),
    reset: () => resetLink(link),
    isOver: () => link.finished || link.wasReset,
    dispose: () => disposeLink(link),
  }
}

function malformed(message: ControlMessage, malformation: Malformation): Uint8Array {
  for (const wanted of Object.keys(malformation.patch ?? {}))
    if (!fieldsOf(message.name).some((field) => field.name === wanted))
      throw new Error(`${message.name} has no field ${wanted} to patch`)
  const patched = { ...message, ...malformation.patch } as ControlMessage & HeaderValues
  const octets = encodeControl(patched).slice(0, malformation.truncate)
  return malformation.append === undefined ? octets : concat(octets, malformation.append)
}
