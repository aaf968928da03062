import { HarnessError, messageOf } from '../errors/errors.ts'
import type { ScenarioResult } from '../scenario/verdict.ts'
import type { RunEvent } from './events.ts'
import { type Job, type JobOptions, playJob } from './job.ts'
import type { NewRunEvent } from './store.ts'

export interface RunOptions extends Omit<JobOptions, 'seed' | 'impairment'> {
  readonly jobs: readonly Job[]
  /** Hears of every event after it was stored. */
  readonly report: (event: RunEvent) => void
  readonly header: Omit<Extract<RunEvent, { kind: 'run-started' }>, 'at' | 'kind' | 'format' | 'lanes'>
}

export interface RunOutcome {
  readonly exitCode: 0 | 1 | 3
  readonly results: ReadonlyMap<string, readonly ScenarioResult[]>
  /** By implementation: why its results say more about this run than about it, so that no baseline should be made of them. */
  readonly unfit: ReadonlyMap<string, string>
}

/**
 * Plays jobs one after the other, each on its lanes, and stores everything as it happens.
 * @throws EnvironmentError when an implementation cannot be started; what was finished before is stored.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { store, signal } = options
  const emit = (event: NewRunEvent): void => options.report(store.append(event))
  const results = new Map<string, readonly ScenarioResult[]>()
  const unfit = new Map<string, string>()
  const reasons: string[] = []
  let failed = false
  let broken = false

  emit({ kind: 'run-started', format: 1, lanes: options.lanes, ...options.header })
  try {
    for (const job of options.jobs) {
      if (signal.aborted) break
      const outcome = await playJob(job, { ...options, ...options.header, clock: options.clock }, emit)
      results.set(job.implementation.name, outcome.results)
      reasons.push(...outcome.reasons)
      if (outcome.unfit !== undefined) unfit.set(job.implementation.name, outcome.unfit)
      failed ||= outcome.failed
      broken ||= outcome.broken
    }
  } catch (error) {
    // What a stopped start complains of is not the environment's fault.
    const reason = messageOf(error)
    emit({
      kind: 'run-finished',
      exitCode: error instanceof HarnessError && !signal.aborted ? error.exitCode : 3,
      reasons: signal.aborted ? [`interrupted: ${signal.reason}`] : [reason],
      ...(signal.aborted ? { interrupted: String(signal.reason) } : {}),
    })
    throw error
  }
  const interrupted = signal.aborted ? String(signal.reason ?? 'interrupted') : undefined
  const exitCode = broken || interrupted !== undefined ? 3 : failed ? 1 : 0
  if (interrupted !== undefined) reasons.push(`interrupted: ${interrupted}`)
  emit({ kind: 'run-finished', exitCode, reasons, ...(interrupted === undefined ? {} : { interrupted }) })
  return { exitCode, results, unfit }
}
