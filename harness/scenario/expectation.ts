import type { ControlMessage, MessageName } from '../protocol/messages.ts'
import type { Evidence } from './evidence.ts'
import type { Judgement } from './judge.ts'
import { type Observation, receivedAs } from './observation.ts'

/** What a requirement leads us to expect of a value, in words and as a test. */
export interface Expectation<T> {
  readonly expected: string
  readonly holds: (value: T) => boolean
  /** Values that are not what is expected and are only warned about. */
  readonly tolerates?: (value: T) => boolean
}

/** Judges evidence by an expectation. */
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

/** Any value for which `holds` returns true. */
export function is<T>(expected: string, holds: (value: T) => boolean): Expectation<T> {
  return { expected, holds }
}

/** A fact that holds. */
export function holds(expected: string): Expectation<boolean> {
  return { expected, holds: (value) => value }
}

/** Something that came. */
export function present(expected: string): Expectation<unknown> {
  return { expected, holds: (value) => value !== undefined }
}

/** Nothing came. */
export function absent(expected: string): Expectation<unknown> {
  return { expected, holds: (value) => value === undefined }
}

/** That very value. */
export function equalTo(wanted: number | string, expected: string): Expectation<number | string | undefined> {
  return { expected, holds: (value) => value === wanted }
}

/** That number or more. */
export function atLeast(least: number, expected: string): Expectation<number | undefined> {
  return { expected, holds: (value) => value !== undefined && value >= least }
}

/** That number or less. */
export function atMost(most: number, expected: string): Expectation<number | undefined> {
  return { expected, holds: (value) => value !== undefined && value <= most }
}

/** The message of that name, and `when` is given one for which it returns true. */
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

/** The connection closes, by FIN or RST. */
export function closes(expected = 'the connection closes'): Expectation<Observation> {
  return { expected, holds: ({ kind }) => kind === 'closed' }
}

/** The connection closes, or Stop-Control-Connection-Request asks to stop it. */
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

/** The same expectation; where `when` is true of what came instead, that is only warned about. */
export function tolerating<T>(one: Expectation<T>, when: (value: T) => boolean): Expectation<T> {
  return { ...one, tolerates: when }
}

/** The same expectation, whose violation is never more than a warning. */
export function advised<T>(one: Expectation<T>): Expectation<T> {
  return tolerating(one, () => true)
}
