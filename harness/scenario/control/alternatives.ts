import type { ControlMessage, MessageName } from '../../protocol/messages.ts'
import type { Judge, OneOrMore } from '../judge.ts'
import { describeObservation, entryOf, type Observation, receivedAs } from '../observation.ts'

/** One allowed (or forbidden) reaction, with its own wording. */
export interface Alternative {
  readonly wording: string
  readonly matches: (observation: Observation) => boolean
  /** What it is worth; pass when absent. */
  readonly verdict?: 'pass' | 'warn' | 'fail'
  /** Identifier of the Echo-Request whose reply it waits for. */
  readonly fence?: number
}

/**
 * Decides a requirement by the first alternative that matches; also for observations that were not
 * just received.
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

/** Ready-made alternatives. */
export const reaction = {
  closes: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation closes the connection',
    matches: (observation) => observation.kind === 'closed',
    ...(verdict === undefined ? {} : { verdict }),
  }),
  stops: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation sends Stop-Control-Connection-Request',
    matches: (observation) => receivedAs(observation, 'Stop-Control-Connection-Request') !== undefined,
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /** A message whose values fit `where`. */
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
  silence: (verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation stays silent',
    matches: (observation) => observation.kind === 'silence',
    ...(verdict === undefined ? {} : { verdict }),
  }),
  /**
   * The Echo-Reply to the fence `identifier`, sent behind the stimulus: it was ignored, and the
   * stream is in step.
   */
  ignores: (identifier: number, verdict?: Alternative['verdict']): Alternative => ({
    wording: 'the implementation ignores the message and stays in step',
    matches: (observation) => receivedAs(observation, 'Echo-Reply')?.message.identifier === identifier,
    fence: identifier,
    ...(verdict === undefined ? {} : { verdict }),
  }),
}
