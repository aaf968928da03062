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
 * Something that was observed: the value to judge, the same in words for a report, and the trace
 * entry that shows it (absent where absence was observed).
 */
export interface Evidence<T> {
  readonly value: T
  readonly seen: string
  readonly entry?: number | undefined
}

/** What came on a control connection, or that nothing did. */
export function observed(observation: Observation): Evidence<Observation> {
  return { value: observation, seen: describeObservation(observation), entry: entryOf(observation) }
}

/** A control message as a whole. */
export function wholeMessage<N extends MessageName>(received: Received<N>): Evidence<Received<N>['message']> {
  const { message, entry } = received
  return { value: message, seen: describeMessage(message as unknown as DecodedMessage), entry }
}

/** One field of a control message, told by its name in the RFC. */
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

/** How many of something there were: `3 answers`, `no answers`. `things` is a plural. */
export function countOf(value: number, things: string, entry?: number): Evidence<number> {
  return { value, seen: `${value === 0 ? 'no' : value} ${things}`, entry }
}

/** Something that came or did not, and both in words. */
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

/** A fact that holds or does not, and both in words. */
export function factOf(value: boolean, holds: string, fails: string, entry?: number): Evidence<boolean> {
  return { value, seen: value ? holds : fails, entry }
}

/** A value that is told in other words than the usual ones. */
export function evidence<T>(value: T, seen: string, entry?: number): Evidence<T> {
  return { value, seen, entry }
}

/** The same evidence, with more to say about it. */
export function adding<T>(one: Evidence<T>, more: string): Evidence<T> {
  return { ...one, seen: `${one.seen}${more}` }
}

/** The same evidence, shown by another entry where it has none of its own. */
export function shownBy<T>(one: Evidence<T>, entry: number | undefined): Evidence<T> {
  return { ...one, entry: one.entry ?? entry }
}
