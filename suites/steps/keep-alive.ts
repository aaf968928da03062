import type { Control } from '../../harness/scenario/control.ts'
import type { EitherTester } from '../../harness/scenario/either.ts'
import { type Evidence, evidence } from '../../harness/scenario/evidence.ts'
import { closes, type Expectation, ends, is } from '../../harness/scenario/expectation.ts'
import { Inconclusive, type OneOrMore } from '../../harness/scenario/judge.ts'
import {
  describeObservation,
  entryOf,
  type Observation,
  type Received,
  receivedAs,
} from '../../harness/scenario/observation.ts'
import type { Stopwatch, TimerWindow } from '../../harness/scenario/timing.ts'
import { attempt } from './attempt.ts'
import { putOff } from './lcp.ts'

/** The time-out of section 3.1.4, in ms. */
export const MINUTE = 60_000
/**
 * How long the tester waits for what is due after 60 s, in ms of the IUT's time: long enough to
 * measure how late it is.
 */
export const PATIENCE = 200_000

/** An established control connection that has fallen silent. */
export interface Silent<R extends string> {
  readonly control: Control<R>
  /** Since its last message. */
  readonly since: Stopwatch
}

/** Connections at most. */
const SAMPLES = 6
/**
 * ms from the silence of one connection to that of the next: a second, time enough to answer, and
 * another sixth of one.
 */
const APART = 7_000 / 6

/**
 * Preamble: up to six connections, as many as the IUT lets one peer have (interpretation A-35),
 * that fall silent at different sixths of a second. An implementation that counts whole seconds and
 * checks once a minute notices a minute of silence at its first check or at its second, depending
 * on the fraction of a second; with six, some connections show the worst case. An originator opens
 * only one.
 */
export async function silentConnections<R extends string>(t: EitherTester<R>): Promise<readonly Silent<R>[]> {
  const controls = [await quietConnection(t, { answerEchoes: false })]
  while (t.iut === 'recipient' && controls.length < SAMPLES) {
    const another = await attempt(() => t.establish({}, { answerEchoes: false }))
    if (another.why !== undefined) break
    controls.push(another.value)
  }
  const silent: Silent<R>[] = []
  const schedule = t.stopwatch()
  for (const [at, control] of controls.entries()) {
    await t.clock.sleep(t.implementationTime(Math.max(0, at * APART - schedule.elapsed())))
    const since = t.stopwatch()
    // The IUT may have replaced an old connection by a new one.
    if (await control.isAlive()) silent.push({ control, since })
  }
  if (silent.length === 0) throw new Inconclusive('no connection answers an Echo-Request')
  return silent
}

/**
 * Preamble: a control connection on which nothing happens before a time-out. An originator's call
 * is connected and its PPP peer put off (`putOff`), so that neither of them gives up first.
 */
export async function quietConnection<R extends string>(
  t: EitherTester<R>,
  options: Parameters<typeof t.establish>[1] = {},
): Promise<Control<R>> {
  const control = await t.establish({}, options)
  if (t.iut === 'originator') putOff((await t.placeCall(control)).tunnel)
  return control
}

/** The part of a tester with which steps measure the IUT's time. */
type ClockedTester = Pick<EitherTester<string>, 'durations' | 'implementationTime' | 'timers'>

/**
 * Preamble: the IUT's next Echo-Request, once its connection has been silent for long enough.
 * @throws Inconclusive.
 */
export async function awaitEchoRequest<R extends string>(
  t: ClockedTester,
  control: Control<R>,
): Promise<Received<'Echo-Request'>> {
  const observation = await nextWithin(t, control, PATIENCE)
  const request = receivedAs(observation, 'Echo-Request')
  if (request === undefined)
    throw new Inconclusive(`waited for Echo-Request, but saw ${inItsTime(t, observation)}`)
  return request
}

/** Returns what comes next within `ms` of the IUT's time; a negative `ms` counts as 0. */
export function nextWithin<R extends string>(
  t: ClockedTester,
  control: Control<R>,
  ms: number,
): Promise<Observation> {
  return control.next(t.implementationTime(Math.max(0, ms)))
}

/**
 * Returns the first observation for which `passes` returns false.
 * @param since started where the wait begins; silence is returned when it reads `PATIENCE`.
 */
export async function nextPast<R extends string>(
  t: ClockedTester,
  control: Control<R>,
  since: Stopwatch,
  passes: (observation: Observation) => boolean,
): Promise<Observation> {
  let last: Observation
  do last = await nextWithin(t, control, PATIENCE - since.elapsed())
  while (passes(last))
  return last
}

/**
 * Returns what follows `observation` where that is Call-Clear-Request, for an IUT that gives a
 * connection up may clear its calls first; otherwise returns it.
 * @param until in ms of the IUT's time on the stopwatch `since`.
 */
export async function pastClearing<R extends string>(
  t: ClockedTester,
  control: Control<R>,
  observation: Observation,
  since: Stopwatch,
  until: number,
): Promise<Observation> {
  let last = observation
  while (receivedAs(last, 'Call-Clear-Request') !== undefined)
    last = await nextWithin(t, control, until - since.elapsed())
  return last
}

/** An observation in words, with silence measured in the IUT's time. */
export function inItsTime(t: ClockedTester, observation: Observation): string {
  return observation.kind === 'silence'
    ? `nothing for ${t.durations(observation.waited * t.timers.speed)}`
    : describeObservation(observation)
}

/** An observation, and after how many ms of the IUT's time it came. */
export interface Timed {
  readonly observation: Observation
  readonly after: number
}

/** An observation and its time as evidence. */
export function timed(t: ClockedTester, observation: Observation, after: number): Evidence<Timed> {
  const what = inItsTime(t, observation)
  const seen = observation.kind === 'silence' ? what : `${what} after ${t.durations(after)}`
  return evidence({ observation, after }, seen, entryOf(observation))
}

/** Expects the connection to close within `latest` ms. */
export function closesBy(latest: number, expected: string): Expectation<Timed> {
  return is(expected, ({ observation, after }) => closes().holds(observation) && after <= latest)
}

/** Expects the connection to close, or a stop request to announce that, within a window. */
export function endsWithin({ earliest, latest }: TimerWindow, expected: string): Expectation<Timed> {
  return is(
    expected,
    ({ observation, after }) => ends().holds(observation) && after >= earliest && after <= latest,
  )
}

/** Expects the connection to stay open, without a stop request, for `earliest` ms. */
export function staysUntil(earliest: number, expected: string): Expectation<Timed> {
  return is(expected, ({ observation, after }) => !ends().holds(observation) || after >= earliest)
}

/** Expects nothing at all for `earliest` ms. */
export function nothingUntil(earliest: number, expected: string): Expectation<Timed> {
  return is(expected, ({ observation, after }) => observation.kind === 'silence' || after >= earliest)
}

/** Expects that the connection has not closed. */
export function staysOpen(expected: string): Expectation<Timed> {
  return is(expected, ({ observation }) => !closes().holds(observation))
}

/**
 * Decides that a connection stays open: by its close, if that was seen last, or else by its reply
 * to an Echo-Request.
 * @throws Decided when it sends no reply.
 */
export async function expectOpen<R extends string>(
  t: Pick<EitherTester<R>, 'check'>,
  control: Control<R>,
  requirement: OneOrMore<R>,
  last: Evidence<Timed>,
  expected: string,
): Promise<void> {
  if (last.value.observation.kind === 'closed') t.check(requirement, last, staysOpen(expected))
  else await control.expectAlive(requirement, expected)
}
