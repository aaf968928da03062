import { cpus } from 'node:os'

/**
 * Adapts the number of lanes to the machine: while processors are idle, implementations with many
 * waiting cases get another replica; when no processor is idle for a while, added lanes end one by
 * one.
 */

/** A job that can use more lanes. */
export interface GrowingJob {
  /** The number of waiting cases for each lane of the job; 0 when another lane is of no use. */
  waiting(): number
  /** How many lanes play the job's cases now. */
  lanes(): number
  /**
   * Starts a replica and a lane on it; resolves when the lane plays or the replica cannot be
   * started. Never rejects.
   */
  grow(): Promise<void>
}

export interface Growth {
  /**
   * Adds a job.
   * @returns a function that removes the job: after that, `grow` is not called any more.
   */
  join(job: GrowingJob): () => void
  /**
   * Whether an added lane should end because the machine has been crowded for a while. After true,
   * the answer is false until the machine has been crowded for as long again.
   */
  shouldEnd(): boolean
  /** Stops measuring the machine. */
  end(): void
}

export interface GrowthOptions {
  /** The most lanes of all jobs together, planned and added. 0: no lane is added. */
  readonly most: number
  /** Returns the idle part of all processors since the last call, 0 to 1. */
  readonly idle: () => number
  /** ms between two measurements; 1000 unless given. */
  readonly every?: number
}

/** A lane is added only while at least this part of the processors is idle. */
const ROOMY = 0.12
/**
 * The machine is crowded when less than `idle` was idle in each of the last `looks` measurements.
 */
const CROWDED = { idle: 0.02, looks: 5 } as const
/**
 * A lane is added only when at least so many cases wait for each lane of the job: starting a
 * replica takes seconds.
 */
const WORTH = 4

export function createGrowth({ most, idle, every = 1_000 }: GrowthOptions): Growth {
  const jobs = new Set<GrowingJob>()
  let starting = 0
  let busy = 0

  function look(): void {
    const free = idle()
    busy = free < CROWDED.idle ? busy + 1 : 0
    // One at a time: the load of a lane shows only when it plays.
    if (free < ROOMY || starting > 0) return
    // Lanes of finished jobs do not count: other jobs may have as many instead.
    const lanes = [...jobs].reduce((sum, job) => sum + job.lanes(), 0)
    if (lanes >= most) return
    const [neediest] = [...jobs].sort((a, b) => b.waiting() - a.waiting())
    if (neediest === undefined || neediest.waiting() < WORTH) return
    starting++
    void neediest.grow().finally(() => {
      starting--
    })
  }

  const timer = most === 0 ? undefined : setInterval(look, every)
  timer?.unref()
  return {
    join(job) {
      jobs.add(job)
      return () => void jobs.delete(job)
    },
    shouldEnd() {
      if (busy < CROWDED.looks) return false
      busy = 0
      return true
    },
    end: () => clearInterval(timer),
  }
}

/**
 * Returns a function that measures the idle part of this machine's processors since its last call,
 * 0 to 1.
 */
export function machineIdle(): () => number {
  let before = times()
  return () => {
    const now = times()
    const [idle, all] = [now.idle - before.idle, now.all - before.all]
    before = now
    return all === 0 ? 0 : idle / all
  }
}

function times(): { readonly idle: number; readonly all: number } {
  const each = cpus().map(({ times: of }) => of)
  return {
    idle: each.reduce((sum, { idle }) => sum + idle, 0),
    all: each.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  }
}
