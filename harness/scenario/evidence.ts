import { type DecodedMessage, describeControl } from '../protocol/control.ts'
import type { BodyValues, MessageName } from '../protocol/messages.ts'
import {
  describeMessage,
  describeObservation,
  entryOf,
  type Observation,
  type Received,
} from './observation.ts'

/**
 * Something that was observed: the value to judge, the same in words for a report, and the index of
 * the trace entry that shows it (absent where nothing arrived).
 */
export interface Evidence<T> {
  readonly value: T
  readonly seen: string
  readonly entry?: number | undefined
}

/** Evidence of what came on a control connection, or that nothing did. */
export function observed(observation: Observation): Evidence<Observation> {
  return { value: observation, seen: describeObservation(observation), entry: entryOf(observation) }
}

/** Evidence of a whole control message. */
export function wholeMessage<N extends MessageName>(received: Received<N>): Evidence<Received<N>['message']> {
  const { message, entry } = received
  return { value: message, seen: describeMessage(message as unknown as DecodedMessage), entry }
}

/** Evidence of one field of a control message, with its name in the RFC. */
export function fieldOf<N extends MessageName, F extends keyof BodyValues<N> & string>(
  { message, entry }: Received<N>,
  field: F,
): Evidence<BodyValues<N>[F]> {
  const described = describeControl(message as unknown as DecodedMessage).find(({ name }) => name === field)
  return {
    value: (message as unknown as BodyValues<N>)[field],
    seen: `${described?.label ?? field} ${described?.shown ?? 'absent'}`,
    entry,
  }
}

/** Evidence of a number of things: `3 answers`, `no answers`. `things` is a plural. */
export function countOf(value: number, things: string, entry?: number): Evidence<number> {
  return { value, seen: `${value === 0 ? 'no' : value} ${things}`, entry }
}

/**
 * Evidence of something that arrived or did not.
 * @param came the words where it arrived.
 * @param none the words where it did not.
 */
export function arrivalOf<T extends { readonly entry: number }>(
  received: T | undefined,
  came: string | ((received: T) => string),
  none: string,
): Evidence<T | undefined> {
  if (received === undefined) return { value: undefined, seen: none }
  return {
    value: received,
    seen: typeof came === 'string' ? came : came(received),
    entry: received.entry,
  }
}

/**
 * Evidence of a fact.
 * @param holds the words where it is true.
 * @param fails the words where it is false.
 */
export function factOf(value: boolean, holds: string, fails: string, entry?: number): Evidence<boolean> {
  return { value, seen: value ? holds : fails, entry }
}

/** Evidence of any value, with words of one's own. */
export function evidence<T>(value: T, seen: string, entry?: number): Evidence<T> {
  return { value, seen, entry }
}

/** Appends words to evidence. */
export function adding<T>(one: Evidence<T>, more: string): Evidence<T> {
  return { ...one, seen: `${one.seen}${more}` }
}

/** Adds a trace entry to evidence that has none. */
export function shownBy<T>(one: Evidence<T>, entry: number | undefined): Evidence<T> {
  return { ...one, entry: one.entry ?? entry }
}
