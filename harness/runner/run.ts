import { HarnessError, messageOf } from '../errors/errors.ts'
import type { PathImpairment } from '../network/impaired.ts'
import type { EventOf, RunEvent } from './events.ts'
import { type Job, type JobOptions, playJob } from './job.ts'
import { createKeeper, type Keep } from './keeper.ts'
import type { JobOutcome } from './ledger.ts'
import type { NewRunEvent, Store } from './store.ts'

export interface RunOptions extends Omit<JobOptions, 'seed' | 'impairment' | 'keeper'> {
  readonly store: Store
  /** Which traces of cases are kept; `failed` unless given. */
  readonly keep?: Keep | undefined
  readonly jobs: readonly Job[]
  /** Called with every event after it was stored. */
  readonly report: (event: RunEvent) => void
  /**
   * Returns the failures outside of the jobs; called before the run's last event. If there are any,
   * the exit code is 3.
   */
  readonly faults?: () => readonly string[]
  readonly header: Omit<
    EventOf<'run-started'>,
    'at' | 'kind' | 'format' | 'lanes' | 'implementations' | 'repeat' | 'impairment'
  > & {
    readonly impairment?: PathImpairment
  }
}

export interface RunOutcome {
  readonly exitCode: 0 | 1 | 3
  /** By implementation. */
  readonly outcomes: ReadonlyMap<string, JobOutcome>
}

/**
 * Plays jobs side by side, each on its lanes, and stores everything as it happens.
 * @throws EnvironmentError when an implementation cannot be started; the results of the others are
 * stored.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { store, signal } = options
  const emit = (event: NewRunEvent): void => options.report(store.append(event))
  const outcomes = new Map<string, JobOutcome>()
  const reasons: string[] = []
  let failed = false
  let broken = false

  const { rounds = 1 } = options
  const keeper = createKeeper(store, options.keep ?? 'failed', (text) => emit({ kind: 'notice', text }))
  emit({
    kind: 'run-started',
    format: 2,
    lanes: options.lanes,
    implementations: options.jobs.map(({ implementation }) => implementation.name),
    ...(rounds === 1 ? {} : { repeat: rounds }),
    ...options.header,
  })
  try {
    const played = await Promise.allSettled(
      options.jobs.map(async (job) => {
        try {
          return await playJob(job, { ...options, ...options.header, clock: options.clock, keeper }, emit)
        } catch (error) {
          // Reported at once, although the other jobs go on.
          if (!signal.aborted && options.jobs.length > 1)
            emit({ kind: 'notice', text: `${job.implementation.name}: ${messageOf(error)}` })
          throw error
        }
      }),
    )
    for (const [at, end] of played.entries()) {
      const name = options.jobs[at]?.implementation.name
      if (end.status === 'rejected' || name === undefined) continue
      outcomes.set(name, end.value)
      reasons.push(...end.value.reasons)
      failed ||= end.value.failed
      broken ||= end.value.broken
    }
    const failure = played.find((end) => end.status === 'rejected')
    if (failure !== undefined) throw failure.reason
  } catch (error) {
    // When the run is stopped during a start, the error of that start is not a fault of the
    // environment.
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
  const faults = options.faults?.() ?? []
  reasons.push(...faults)
  broken ||= faults.length > 0
  const exitCode = broken || interrupted !== undefined ? 3 : failed ? 1 : 0
  if (interrupted !== undefined) reasons.push(`interrupted: ${interrupted}`)
  emit({ kind: 'run-finished', exitCode, reasons, ...(interrupted === undefined ? {} : { interrupted }) })
  return { exitCode, outcomes }
}
