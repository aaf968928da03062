import type { Tester } from '../../harness/scenario/tester.ts'
import type { TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { firstData } from './lcp.ts'
import { answersIn, request, WITHIN, WITHOUT_ACKNOWLEDGMENT } from './tunnel-watch.ts'

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
  readonly own: readonly number[]
  readonly others: readonly number[]
}

/**
 * Lets the first session stall, begins the second and uses it. Decides that the second has numbers
 * of its own and is not slowed down.
 * @param begin makes the second session when the first has stalled.
 */
export async function useSecondSession(
  t: Pick<Tester<'4.1/numbers-per-session' | '4.4/per-session'>, 'clock' | 'timers' | 'unique' | 'decide'>,
  stalled: TunnelEnd,
  begin: () => Promise<TunnelEnd>,
): Promise<SessionAnswers> {
  const { sequenceNumber: begins = 0 } = (await firstData(t, stalled)).packet
  for (let count = 0; count < REQUESTS; count++) stalled.send(request(FIRST + count), WITHOUT_ACKNOWLEDGMENT)
  const lively = await begin()
  const first = await firstData(t, lively)
  t.decide('4.1/numbers-per-session', {
    // With 1 where that is how it understands the RFC: then it does so in each session.
    ok: first.packet.sequenceNumber === begins,
    expected: `Sequence Number ${begins} in the first packet of the second session, as in that of the first`,
    seen: `Sequence Number ${first.packet.sequenceNumber ?? 'absent'}`,
    entry: first.entry,
  })
  for (let count = 0; count < REQUESTS; count++) lively.send(request(SECOND + count))
  const deadline = t.clock.now() + WITHIN
  const own: number[] = []
  const others: number[] = []
  while (own.length < REQUESTS) {
    const received = await lively.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    lively.acknowledge()
    for (const { identifier } of answersIn(received)) (identifier >= SECOND ? own : others).push(identifier)
  }
  t.decide('4.4/per-session', {
    ok: own.length === REQUESTS,
    expected: `${REQUESTS} answers in the session whose packets are acknowledged, within ${WITHIN} ms, while the other waits`,
    seen: `${own.length} answers`,
  })
  return { own, others }
}
