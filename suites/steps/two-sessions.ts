import { type Evidence, evidence } from '../../harness/scenario/evidence.ts'
import { equalTo } from '../../harness/scenario/expectation.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { firstData } from './lcp.ts'
import {
  type Answer,
  answeredCount,
  describeAnswers,
  drawEach,
  request,
  sequenceNumberOf,
  WITHIN,
  WITHOUT_ACKNOWLEDGMENT,
} from './tunnel-watch.ts'

/** Two sessions at the same time, one of which gets no acknowledgments. */

/**
 * The values that we announce in both: a window so small that the session without acknowledgments
 * stalls, and a delay that keeps its time-outs far away.
 */
export const NARROW = { packetRecvWindowSize: 2, packetProcessingDelay: 10 } as const

/** Configure-Requests sent in each session: more than the window. */
const REQUESTS = 6
/** First Identifier of the Configure-Requests in either session. */
const FIRST = 80
const SECOND = 120

/**
 * What came in the second session: answers to its own Configure-Requests, and to those of the
 * first.
 */
export interface SessionAnswers {
  readonly own: readonly Answer[]
  readonly others: readonly Answer[]
}

/**
 * What came in the second session, as evidence: answers to requests of the first session, if there
 * are any.
 */
export function secondSession({ own, others }: SessionAnswers): Evidence<SessionAnswers> {
  const seen =
    others.length === 0
      ? `in the second session, answers to its own Configure-Requests: ${own.length}`
      : `in the second session, ${describeAnswers(others)}, sent in the first session`
  return evidence({ own, others }, seen, (others[0] ?? own[0])?.entry)
}

type SecondSessionTester = Pick<
  Tester<'4.1/numbers-per-session' | '4.4/per-session'>,
  'clock' | 'timers' | 'unique' | 'check'
>

/**
 * Lets the first session stall, begins the second and uses it. Decides that the second has its own
 * Sequence Numbers and is not slowed down.
 * @param stalled our end of the first session.
 * @param begin sets up the second session, once the first has stalled.
 */
export async function useSecondSession(
  t: SecondSessionTester,
  stalled: TunnelEnd,
  begin: () => Promise<TunnelEnd>,
): Promise<SessionAnswers> {
  const { sequenceNumber: begins = 0 } = (await firstData(t, stalled)).packet
  for (let count = 0; count < REQUESTS; count++) stalled.send(request(FIRST + count), WITHOUT_ACKNOWLEDGMENT)
  const lively = await begin()
  // The first number is 1 if the IUT understands the RFC so, and then in each session.
  const alike = `Sequence Number ${begins} in the first packet of the second session, as in that of the first`
  t.check('4.1/numbers-per-session', sequenceNumberOf(await firstData(t, lively)), equalTo(begins, alike))
  const identifiers = Array.from({ length: REQUESTS }, (_, count) => SECOND + count)
  for (const identifier of identifiers) lively.send(request(identifier))
  const { answers, entry } = await drawEach(t, lively, WITHIN, identifiers)
  const own = ownOf(answers)
  const expected = `${REQUESTS} answers in the session whose packets are acknowledged, none later than ${WITHIN} ms after the one before, while the other session waits`
  t.check('4.4/per-session', answeredCount(own.length, REQUESTS, entry), equalTo(REQUESTS, expected))
  return { own, others: answers.filter((answer) => !own.includes(answer)) }
}

/** Answers to requests of the second session. */
function ownOf(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ identifier }) => identifier >= SECOND)
}
