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
  unaskedEnd,
  write,
} from './control/link.ts'
import type { OneOrMore } from './judge.ts'
import type { Observation, Received } from './observation.ts'
import type { TesterContext } from './tester-context.ts'

export { type Alternative, reaction } from './control/alternatives.ts'
export type { Delivery } from './control/link.ts'
export { describeMessage } from './observation.ts'

/**
 * Changes that make a valid message malformed, applied in the order of the fields.
 * @typeParam N the message; `any`: only changes that fit every message.
 */
export interface Malformation<N extends MessageName | 'any' = 'any'> {
  /** Fields to overwrite, header fields included, with values as they are on the wire. */
  readonly patch?: Partial<HeaderValues & (N extends MessageName ? BodyValues<N> : unknown)>
  /** How many octets to keep; the rest is cut off. */
  readonly truncate?: number
  /** Octets to add at the end. */
  readonly append?: Uint8Array
  readonly delivery?: Delivery
}

/**
 * The tester's end of one control connection. Functions that decide a requirement can decide
 * several at once.
 */
export interface Control<R extends string> {
  /** The tester's address of the connection; undefined where the operating system chose it. */
  readonly from: string | undefined
  /** Sends a valid message, or a malformed one made from it. */
  send<N extends MessageName>(name: N, values?: Partial<BodyValues<N>>, malformation?: Malformation<N>): void
  /**
   * Sends the first `octets` octets of a message, and returns a function that sends the rest. Until
   * that is called, everything else to be sent waits, Echo-Replies included.
   */
  begin<N extends MessageName>(name: N, octets: number, values?: Partial<BodyValues<N>>): () => void
  /**
   * Stops reading, so that TCP flow control stops the IUT's writing in time, and returns a function
   * that resumes reading. Nothing that the IUT sends meanwhile is lost.
   */
  stopReading(): () => void
  /** Sends several messages in one write. */
  sendTogether(...messages: readonly ControlMessage[]): void
  /**
   * Returns what comes next: a message, a close, or silence after `window` ms (the timer profile's
   * `reply` unless given). After a close, every later call returns that close again.
   */
  next(window?: number): Promise<Observation>
  /**
   * Drops messages of these names (at most 64) until something else comes. That remains for the
   * next call.
   */
  passOver(...names: readonly MessageName[]): Promise<void>
  /**
   * Preamble: waits for that message, or takes it from those set aside (`ControlOptions.setAside`).
   * @throws Inconclusive when something else comes.
   */
  await<N extends MessageName>(name: N, window?: number): Promise<Received<N>>
  /** Decides whether the next message is `name`. @throws Decided when it is not. */
  expect<N extends MessageName>(requirement: OneOrMore<R>, name: N, window?: number): Promise<Received<N>>
  /**
   * Decides a requirement by the first alternative that matches the next observation; if no
   * alternative does, that is a violation. Returns the observation.
   */
  expectOneOf(
    requirement: OneOrMore<R>,
    alternatives: readonly [Alternative, ...Alternative[]],
    window?: number,
  ): Promise<Observation>
  /**
   * Decides whether the IUT closes the connection. Up to 64 messages may come before the close;
   * with `first` only those that `besides` names. Returns the close, or what was seen last instead.
   */
  expectClose(requirement: OneOrMore<R>, options?: CloseOptions): Promise<Observation>
  /**
   * Decides whether the IUT sends nothing: sends an Echo-Request as a fence and expects its
   * Echo-Reply next, which takes no waiting time.
   * @throws Decided when something else comes.
   */
  expectNothing(requirement: OneOrMore<R>, expected: string): Promise<void>
  /**
   * Decides whether the IUT still answers an Echo-Request on this connection. Other messages before
   * the Echo-Reply are ignored. @throws Decided when it does not.
   */
  expectAlive(requirement: OneOrMore<R>, expected: string): Promise<void>
  /**
   * Preamble: returns whether the IUT still answers an Echo-Request on this connection. Other
   * messages before the Echo-Reply are ignored.
   */
  isAlive(): Promise<boolean>
  /**
   * How the IUT has ended a call, or this connection, though nobody asked it to and no scenario has
   * looked at it yet, in words; undefined where it has not.
   * @param callId the Call ID that the IUT assigned.
   */
  unaskedEnd(callId: number): string | undefined
  /** Sends FIN. */
  end(): void
  /** Sends RST. */
  reset(): void
  /** Whether the TCP connection is over: both ends have closed it, or one has reset it. */
  isOver(): boolean
  /** Sends FIN, and waits a short time for the IUT to close. */
  dispose(): Promise<void>
}

/**
 * Makes an open TCP connection a control connection. It answers the IUT's Echo-Requests by itself
 * unless `options` say otherwise.
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
      if (mayEnd(name, malformation)) link.hasCause = true
      write(link, malformed(message, malformation), malformation.delivery)
    },
    begin(name, octets, values = {}) {
      const message = controlMessage(name, values) as unknown as ControlMessage
      link.hasCause = true
      return beginWriting(link, encodeControl(message), octets)
    },
    stopReading: () => stopReading(link),
    sendTogether(...messages) {
      if (messages.some(({ name }) => ENDING.includes(name))) link.hasCause = true
      write(link, concat(...messages.map(encodeControl)))
    },
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
    unaskedEnd: (callId) => unaskedEnd(link, callId),
    end() {
      link.hasCause = true
      connection.end()
    },
    reset: () => resetLink(link),
    isOver: () => link.finished || link.wasReset,
    dispose: () => disposeLink(link),
  }
}

/** Messages after which the IUT has a reason to end a call or the connection. */
const ENDING: readonly MessageName[] = [
  'Call-Clear-Request',
  'Call-Disconnect-Notify',
  'Stop-Control-Connection-Request',
  'Stop-Control-Connection-Reply',
]

function mayEnd(name: MessageName, malformation: Malformation): boolean {
  const { delivery: _, ...changes } = malformation
  return ENDING.includes(name) || Object.keys(changes).length > 0
}

function malformed(message: ControlMessage, malformation: Malformation): Uint8Array {
  for (const wanted of Object.keys(malformation.patch ?? {}))
    if (!fieldsOf(message.name).some((field) => field.name === wanted))
      throw new Error(`${message.name} has no field ${wanted} to patch`)
  const patched = { ...message, ...malformation.patch } as ControlMessage & HeaderValues
  const octets = encodeControl(patched).slice(0, malformation.truncate)
  return malformation.append === undefined ? octets : concat(octets, malformation.append)
}
