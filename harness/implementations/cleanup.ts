import type Dockerode from 'dockerode'
import type { Engine } from './engine.ts'
import { currentRun, isLeftover, LABELS, processStart } from './run-identity.ts'

/** How long `emergencyStop` may take, in ms. */
const EMERGENCY_LIMIT = 10_000

/** What this process has under way, so that a signal can undo it. */
const engines = new Set<Engine>()
const underway = new Set<Promise<unknown>>()
const abort = new AbortController()

/** Aborted when the run is being stopped by a signal; nothing may be started after that. */
export const stopping: AbortSignal = abort.signal

/** Remembers that this process creates things on an engine, so that `emergencyStop` looks there. */
export function registerEngine(engine: Engine): void {
  engines.add(engine)
}

/** Remembers work that may still create things; `emergencyStop` waits for its end. */
export function trackCreation<T>(work: Promise<T>): Promise<T> {
  underway.add(work)
  const forget = () => underway.delete(work)
  work.then(forget, forget)
  return work
}

/**
 * Removes what runs that were killed left behind on this engine.
 * Runs that still live, on this host or another, are not touched.
 * @returns how many containers and networks were removed.
 */
export async function removeLeftovers(engine: Engine): Promise<number> {
  const us = currentRun()
  return removeWhere(engine.docker, LABELS.run, (labels) => isLeftover(labels, us, processStart))
}

/**
 * Removes everything that this process created, on every engine it used. For signal handlers:
 * bounded to 10 s, never throws, and leaves nothing to a container that was just being created.
 */
export async function emergencyStop(): Promise<void> {
  abort.abort()
  const deadline = performance.now() + EMERGENCY_LIMIT
  const filter = `${LABELS.run}=${currentRun().run}`
  const sweep = async (): Promise<number> => {
    const removed = await Promise.all(
      [...engines].map((engine) => removeWhere(engine.docker, filter, () => true).catch(() => 0)),
    )
    return removed.reduce((sum, count) => sum + count, 0)
  }
  // A creation in flight can finish after a sweep; the sweep that counts is one that starts when
  // none is in flight.
  for (;;) {
    const quiet = underway.size === 0
    await Promise.race([sweep(), pause(deadline - performance.now())])
    if (quiet || performance.now() >= deadline) return
    await pause(50)
  }
}

/**
 * Removes what carries the label and satisfies the predicate: containers by SIGKILL first, then
 * their networks.
 */
async function removeWhere(
  docker: Dockerode,
  label: string,
  chosen: (labels: Readonly<Record<string, string>>) => boolean,
): Promise<number> {
  const filters = { label: [label] }
  const containers = (await docker.listContainers({ all: true, filters })).filter(({ Labels }) =>
    chosen(Labels ?? {}),
  )
  await Promise.all(containers.map(({ Id }) => removeContainer(docker, Id)))
  const networks = (await docker.listNetworks({ filters })).filter(({ Labels }) => chosen(Labels ?? {}))
  // One that the engine thinks in use although nothing is on it, as Docker now and then does until
  // it is started again, must not be in the way of the others, or of a run.
  const removed = await Promise.allSettled(networks.map(({ Id }) => removeNetwork(docker, Id, STUCK_LIMIT)))
  return containers.length + removed.filter(({ status }) => status === 'fulfilled').length
}

/**
 * Kills and removes a container with its anonymous volumes. One that is already gone, or on its
 * way, is fine.
 */
export async function removeContainer(docker: Dockerode, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true })
  } catch (error) {
    // Of one that ends at this very moment Podman says 500.
    if (!(await disappears(docker, id)) && !isStatus(error, 404, 409)) throw error
  }
}

/**
 * ms that the endpoints of containers which are gone may take to go as well. Some engines lose
 * track of one, and keep its network for good.
 */
const ENDPOINTS_LIMIT = 5_000
/** The same for what an earlier run has left. */
const STUCK_LIMIT = 2_000

/** Removes a network. One that is already gone is fine. */
export async function removeNetwork(docker: Dockerode, id: string, limit = ENDPOINTS_LIMIT): Promise<void> {
  const deadline = performance.now() + limit
  for (;;) {
    try {
      await docker.getNetwork(id).remove()
      return
    } catch (error) {
      if (isStatus(error, 404)) return
      if (performance.now() >= deadline) throw error
      await pause(100)
    }
  }
}

/** Somebody else may be removing it: waits until it is gone, at most 5 s. */
async function disappears(docker: Dockerode, id: string): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      await docker.getContainer(id).inspect()
    } catch {
      return true
    }
    await pause(100)
  }
  return false
}

/** Whether an error is the engine's answer with one of these HTTP statuses. */
export function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    statuses.includes(error.statusCode)
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
