import type { ControlMessage, MessageName } from '../protocol/messages.ts'
import type { Evidence } from './evidence.ts'
import type { Judgement } from './judge.ts'
import { type Observation, receivedAs } from './observation.ts'

/** What a requirement demands of a value, in words and as a test. */
export interface Expectation<T> {
  readonly expected: string
  readonly holds: (value: T) => boolean
  /** Whether a value that is not as expected leads only to a warning. */
  readonly tolerates?: (value: T) => boolean
}

/** Compares evidence with an expectation, and returns the judgement. */
export function judgementOf<T>(
  { value, seen, entry }: Evidence<T>,
  { expected, holds, tolerates }: Expectation<T>,
): Judgement {
  const ok = holds(value)
  return {
    ok,
    expected,
    seen,
    ...(entry === undefined ? {} : { entry }),
    ...(!ok && tolerates?.(value) === true ? { otherwise: 'warn' } : {}),
  }
}

/** Expects a value for which `holds` returns true. */
export function is<T>(expected: string, holds: (value: T) => boolean): Expectation<T> {
  return { expected, holds }
}

/** Expects a fact to be true. */
export function holds(expected: string): Expectation<boolean> {
  return { expected, holds: (value) => value }
}

/** Expects that something came: a value that is not undefined. */
export function present(expected: string): Expectation<unknown> {
  return { expected, holds: (value) => value !== undefined }
}

/** Expects that nothing came: undefined. */
export function absent(expected: string): Expectation<unknown> {
  return { expected, holds: (value) => value === undefined }
}

/** Expects exactly that value. */
export function equalTo(wanted: number | string, expected: string): Expectation<number | string | undefined> {
  return { expected, holds: (value) => value === wanted }
}

/** Expects that number or more. */
export function atLeast(least: number, expected: string): Expectation<number | undefined> {
  return { expected, holds: (value) => value !== undefined && value >= least }
}

/** Expects that number or less. */
export function atMost(most: number, expected: string): Expectation<number | undefined> {
  return { expected, holds: (value) => value !== undefined && value <= most }
}

/** Expects the message of that name; with `when`, one for which it returns true. */
export function isMessage<N extends MessageName>(
  name: N,
  when: (message: ControlMessage<N>) => boolean = () => true,
  expected: string = name,
): Expectation<Observation> {
  return {
    expected,
    holds(observation) {
      const received = receivedAs(observation, name)
      return received !== undefined && when(received.message)
    },
  }
}

/** Expects that the IUT closes the connection, by FIN or RST. */
export function closes(expected = 'the connection closes'): Expectation<Observation> {
  return { expected, holds: ({ kind }) => kind === 'closed' }
}

/** Expects that the IUT closes the connection or sends Stop-Control-Connection-Request. */
export function ends(
  expected = 'the connection closes, or Stop-Control-Connection-Request',
): Expectation<Observation> {
  return {
    expected,
    holds: (observation) =>
      observation.kind === 'closed' ||
      receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined,
  }
}

/**
 * Makes an expectation tolerant: a value that breaks it leads only to a warning if `when` is true.
 */
export function tolerating<T>(one: Expectation<T>, when: (value: T) => boolean): Expectation<T> {
  return { ...one, tolerates: when }
}

/** Makes an expectation whose violation leads only to a warning. */
export function advised<T>(one: Expectation<T>): Expectation<T> {
  return tolerating(one, () => true)
}
