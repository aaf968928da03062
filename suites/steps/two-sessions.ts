import { type Evidence, evidence } from '../../harness/scenario/evidence.ts'
import { equalTo } from '../../harness/scenario/expectation.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { firstData } from './lcp.ts'
import {
  type Answer,
  answeredCount,
  describeAnswers,
  drawAnswers,
  request,
  sequenceNumberOf,
  WITHIN,
  WITHOUT_ACKNOWLEDGMENT,
} from './tunnel-watch.ts'

/** Two sessions at once, of which one is left without acknowledgments. */

/**
 * What we announce in both: so few packets that the one without acknowledgments stalls, with
 * time-outs far away.
 */
export const NARROW = { packetRecvWindowSize: 2, packetProcessingDelay: 10 } as const

const REQUESTS = 6
/** Identifiers of the two sessions' Configure-Requests begin with these. */
const FIRST = 80
const SECOND = 120

/** What the session in use answered: Configure-Requests of its own, and those of the other. */
export interface SessionAnswers {
  readonly own: readonly Answer[]
  readonly others: readonly Answer[]
}

/** What came in the second session: answers to requests of the first are told, if there are any. */
export function secondSession({ own, others }: SessionAnswers): Evidence<SessionAnswers> {
  const seen =
    others.length === 0
      ? `${own.length} answers to Configure-Requests of the second call`
      : `${describeAnswers(others)}, asked in the first call, in the second`
  return evidence({ own, others }, seen, (others[0] ?? own[0])?.entry)
}

type SecondSessionTester = Pick<
  Tester<'4.1/numbers-per-session' | '4.4/per-session'>,
  'clock' | 'timers' | 'unique' | 'check'
>

/**
 * Lets the first session stall, begins the second and uses it. Decides that the second has numbers
 * of its own and is not slowed down.
 * @param begin makes the second session when the first has stalled.
 */
export async function useSecondSession(
  t: SecondSessionTester,
  stalled: TunnelEnd,
  begin: () => Promise<TunnelEnd>,
): Promise<SessionAnswers> {
  const { sequenceNumber: begins = 0 } = (await firstData(t, stalled)).packet
  for (let count = 0; count < REQUESTS; count++) stalled.send(request(FIRST + count), WITHOUT_ACKNOWLEDGMENT)
  const lively = await begin()
  // With 1 where that is how it understands the RFC: then it does so in each session.
  const alike = `Sequence Number ${begins} in the first packet of the second session, as in that of the first`
  t.check('4.1/numbers-per-session', sequenceNumberOf(await firstData(t, lively)), equalTo(begins, alike))
  for (let count = 0; count < REQUESTS; count++) lively.send(request(SECOND + count))
  const { answers, entry } = await drawAnswers(t, lively, WITHIN, (so) => ownOf(so).length >= REQUESTS)
  const own = ownOf(answers)
  const expected = `${REQUESTS} answers in the session whose packets are acknowledged, within ${WITHIN} ms, while the other waits`
  t.check('4.4/per-session', answeredCount(own.length, REQUESTS, entry), equalTo(REQUESTS, expected))
  return { own, others: answers.filter((answer) => !own.includes(answer)) }
}

/** Answers to requests of the second session. */
function ownOf(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ identifier }) => identifier >= SECOND)
}
