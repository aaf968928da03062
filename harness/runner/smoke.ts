import type { Replica } from '../implementations/implementation.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import type { Pics } from '../scenario/profile.ts'
import { inapplicable, type ScenarioCase } from '../scenario/scenario.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import type { Trace } from '../trace/trace.ts'
import { configure, firstUniqueOf, heardOf, playCase } from './play-case.ts'

/** The number of log lines that are shown of an implementation that does not work at all. */
export const LOG_LINES = 5

/**
 * The smoke scenarios of the roles that are played; if no case is played, the first that applies.
 */
export function smokesFor(
  playable: readonly ScenarioCase[],
  smokes: readonly ScenarioCase[],
  pics: Pics,
): readonly ScenarioCase[] {
  const roles = new Set(playable.map(({ scenario }) => scenario.iut))
  const applicable = smokes.filter((smoke) => inapplicable(smoke, pics) === undefined)
  return roles.size === 0
    ? applicable.slice(0, 1)
    : applicable.filter(({ scenario }) => roles.has(scenario.iut))
}

/** A remedy for a smoke scenario that did not pass. */
export function adviceFor({ scenario }: ScenarioCase, { address, port = PPTP_PORT }: Replica): string {
  return scenario.iut === 'recipient'
    ? `see whether it listens on port ${port} of ${address}`
    : 'see whether its dial command is right, and whether it has a route to the tester'
}

/**
 * A smoke scenario that did not pass, the reason, and the last lines that the implementation
 * logged.
 */
export interface SmokeFailure {
  readonly smoke: ScenarioCase
  readonly why: string
  readonly log: readonly string[]
}

/**
 * The first smoke scenario that did not pass on a replica, and the reason; undefined when all
 * passed, and when the run was stopped.
 */
export async function smokeFailure(
  replica: Replica,
  smokes: readonly ScenarioCase[],
  signal: AbortSignal,
): Promise<SmokeFailure | undefined> {
  for (const smoke of smokes) {
    const failure = await smokeFails(replica, smoke, signal)
    if (signal.aborted) return undefined
    if (failure !== undefined) return { smoke, ...failure }
  }
  return undefined
}

/**
 * The reason why the smoke scenario did not pass on a replica; undefined when it passed. If the
 * implementation sent anything, only a failed first finding counts: later ones are deviations.
 */
async function smokeFails(
  replica: Replica,
  smoke: ScenarioCase,
  signal: AbortSignal,
): Promise<Omit<SmokeFailure, 'smoke'> | undefined> {
  const refusal = await configure(smoke, replica)
  if (refusal !== undefined) return { why: replica.death() ?? refusal, log: [] }
  const conditions = { monitors: [], seed: 0, signal }
  const { result, log, trace } = await playCase(smoke, replica, firstUniqueOf(0, 0), conditions)
  const why = whyDead(result, trace)
  if (why === undefined) return undefined
  return { why, log: log.slice(-LOG_LINES) }
}

/**
 * Why an implementation counts as not running: no connection, or no octet from it. Its results are
 * then not deviations. Undefined when it runs.
 */
function whyDead({ verdict, reason, findings }: ScenarioResult, trace: Trace): string | undefined {
  if (verdict === 'inconclusive' || verdict === 'error') return reason ?? verdict
  const [first] = findings
  const missed = heardOf(trace) ? first : findings.find((finding) => finding.verdict === 'fail')
  return missed?.verdict === 'fail' ? `${missed.expected} expected, seen: ${missed.seen}` : undefined
}
