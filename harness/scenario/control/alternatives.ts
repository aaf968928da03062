import type { ControlMessage, MessageName } from '../../protocol/messages.ts'
import type { Judge, OneOrMore } from '../judge.ts'
import { describeObservation, entryOf, type Observation, receivedAs } from '../observation.ts'

/** One reaction of the IUT, allowed or forbidden, in words and as a test. */
export interface Alternative {
  readonly wording: string
  readonly matches: (observation: Observation) => boolean
  /** The verdict where it matches; `pass` unless given. */
  readonly verdict?: 'pass' | 'warn' | 'fail'
  /** Identifier of the fence whose Echo-Reply is this reaction. */
  readonly fence?: number
}

/**
 * Decides a requirement by the first alternative that matches the observation; if no alternative
 * does, that is a violation.
 */
export function decideByAlternatives<R extends string>(
  judge: Judge<R>,
  requirement: OneOrMore<R>,
  alternatives: readonly Alternative[],
  observation: Observation,
): void {
  const match = alternatives.find((alternative) => alternative.matches(observation))
  const allowed = alternatives.filter((alternative) => (alternative.verdict ?? 'pass') === 'pass')
  judge.decide(requirement, {
    ok: match !== undefined && (match.verdict ?? 'pass') === 'pass',
    expected: allowed.map((alternative) => alternative.wording).join(', or '),
    seen:
      match === undefined || (match.verdict ?? 'pass') === 'pass'
        ? describeObservation(observation)
        : `${match.wording}: ${describeObservation(observation)}`,
    entry: entryOf(observation),
    ...(match?.verdict === 'warn' || match?.verdict === 'fail' ? { otherwise: match.verdict } : {}),
  })
}

/** Alternatives that many scenarios use. */
export const reaction = {
  /** The IUT closes the connection. */
  closes: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation closes the connection',
    matches: (observation) => observation.kind === 'closed',
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /** The IUT sends Stop-Control-Connection-Request. */
  stops: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation sends Stop-Control-Connection-Request',
    matches: (observation) => receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined,
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /** The IUT sends the message `name`, and `where` returns true for it. */
  answers: <N extends MessageName>(
    name: N,
    where: (message: ControlMessage<N>) => boolean,
    wording: string,
    verdict?: Alternative['verdict'],
  ): Alternative => ({
    wording,
    matches: (observation) => {
      const received = receivedAs(observation, name)
      return received !== undefined && where(received.message)
    },
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /** The IUT sends nothing within the window. */
  silence: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation stays silent',
    matches: (observation) => observation.kind === 'silence',
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /**
   * The IUT ignores the message: next it sends the Echo-Reply to the Echo-Request with
   * `identifier`, which the scenario sent after the message as a fence.
   */
  ignores: (identifier: number, verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation ignores the message and answers the Echo-Request after it',
    matches: (observation) => receivedAs(observation, 'Echo-Reply')?.message.identifier === identifier,
    fence: identifier,
    ...(verdict === undefined ? {} : { verdict }),
  }),
}
