import { messageOf } from '../errors/errors.ts'
import type { Replica } from '../implementations/implementation.ts'
import type { PathImpairment } from '../network/impaired.ts'
import type { Monitor } from '../scenario/monitor.ts'
import { play } from '../scenario/play.ts'
import type { ScenarioCase } from '../scenario/scenario.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import type { Trace } from '../trace/trace.ts'

/**
 * The first number of Call IDs and identifiers for a play: each play has a range of its own, so
 * that late packets of one play do not match the next.
 */
export function firstUniqueOf(lane: number, played: number): number {
  return 257 + (lane * 1000 + played) * 64
}

/**
 * The outcome of a case, and the lines that the implementation logged during its play, each with
 * its time in s.
 */
export interface CaseOutcome extends Awaited<ReturnType<typeof play>> {
  readonly log: readonly string[]
}

/** Options that all cases of a run share. */
export interface Conditions {
  readonly monitors: readonly Monitor[]
  readonly seed: number
  readonly impairment?: PathImpairment | undefined
  readonly signal?: AbortSignal
}

/** Plays one case on a replica that is ready for it. */
export async function playCase(
  one: ScenarioCase,
  replica: Replica,
  firstUnique: number,
  { monitors, seed, impairment, signal }: Conditions,
): Promise<CaseOutcome> {
  replica.takeLog()
  return replica.play(async () => {
    const network = await replica.openNetwork()
    // A case that is in play when the run is stopped has no result, so its end is not awaited.
    const stop = () => void network.close()
    signal?.addEventListener('abort', stop)
    const startedAt = Date.now()
    try {
      const played = await play(one, {
        network,
        address: replica.address,
        ...(replica.port === undefined ? {} : { port: replica.port }),
        ...(replica.testerAddresses === undefined ? {} : { testerAddresses: replica.testerAddresses }),
        unusedAddress: replica.unusedAddress,
        timers: replica.timers,
        accounts: replica.accounts,
        startedAt,
        firstUnique,
        seed,
        impairment,
        monitors,
        dial: replica.dial,
        ...(replica.settled === undefined ? {} : { settled: replica.settled }),
      })
      return {
        ...played,
        result: survived(played.result, replica.death()),
        log: replica.takeLog().map((line) => `${((line.at - startedAt) / 1000).toFixed(3)} ${line.text}`),
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      await network.close()
    }
  })
}

/**
 * Adapts a result when the implementation died during the case: a pass or warning becomes
 * inconclusive, a failure that the trace proves stays.
 */
function survived(result: ScenarioResult, death: string | undefined): ScenarioResult {
  if (death === undefined || result.verdict === 'skip') return result
  const { verdict, reason } = result
  return {
    ...result,
    verdict: verdict === 'fail' || verdict === 'error' ? verdict : 'inconclusive',
    reason: `${reason === undefined ? '' : `${reason}; `}the implementation died: ${death}`,
  }
}

/**
 * Prepares a replica for a case: selects the PPP profile that the case asks for. @returns the
 * reason when that fails.
 */
export async function configure({ scenario }: ScenarioCase, replica: Replica): Promise<string | undefined> {
  try {
    await replica.configure?.(scenario.profile ?? 'usual')
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** Whether the implementation sent anything on a control connection. */
export function heardOf({ entries }: Trace): boolean {
  return entries.some((entry) => entry.kind === 'tcp-data' && entry.from === 'iut')
}

/** Whether there was a connection between the implementation and the tester. */
export function reached({ entries }: Trace): boolean {
  return entries.some(({ kind }) => kind === 'tcp-open')
}

/** The result of a case that was not played. */
export function notPlayed(
  one: ScenarioCase,
  verdict: 'skip' | 'inconclusive' | 'error',
  reason: string,
): ScenarioResult {
  return { scenario: one.id, purpose: one.scenario.purpose, verdict, reason, findings: [], duration: 0 }
}
