import type Dockerode from 'dockerode'
import type { Engine } from './engine.ts'
import { currentRun, isLeftover, LABELS, processStart } from './run-identity.ts'

/** How long `emergencyStop` may take, in ms. */
const EMERGENCY_LIMIT = 10_000

/** The engines on which this process has created things, for `emergencyStop` to search. */
const engines = new Set<Engine>()
/** Creations in progress. */
const underway = new Set<Promise<unknown>>()
const abort = new AbortController()

/** Aborted when a signal stops the run; nothing may be started after that. */
export const stopping: AbortSignal = abort.signal

/** Records that this process creates things on an engine: `emergencyStop` then searches it. */
export function registerEngine(engine: Engine): void {
  engines.add(engine)
}

/** Records work that may still create things; `emergencyStop` waits for its end. */
export function trackCreation<T>(work: Promise<T>): Promise<T> {
  underway.add(work)
  const forget = () => underway.delete(work)
  work.then(forget, forget)
  return work
}

/**
 * Removes the containers and networks that killed runs left on this engine, but nothing of runs
 * that still go on, on this host or another.
 * @returns the number of removed containers and networks.
 */
export async function removeLeftovers(engine: Engine): Promise<number> {
  const us = currentRun()
  return removeWhere(engine.docker, LABELS.run, (labels) => isLeftover(labels, us, processStart))
}

/**
 * Removes everything that this process created, on every engine that it used. For signal handlers:
 * takes at most 10 s, never throws, and also removes containers whose creation is in progress.
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
  // A creation in progress can finish after a removal, so the last removal starts when none is in
  // progress.
  for (;;) {
    const quiet = underway.size === 0
    await Promise.race([sweep(), pause(deadline - performance.now())])
    if (quiet || performance.now() >= deadline) return
    await pause(50)
  }
}

/**
 * Removes everything that has the label and satisfies the predicate: first the containers, which
 * are killed, then the networks.
 * @returns the number of removed containers and networks.
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
  // Docker sometimes believes until its restart that an empty network is in use. Such a network
  // must not stop the removal of others, or a run.
  const removed = await Promise.allSettled(networks.map(({ Id }) => removeNetwork(docker, Id, STUCK_LIMIT)))
  return containers.length + removed.filter(({ status }) => status === 'fulfilled').length
}

/**
 * Kills and removes a container with its anonymous volumes. Succeeds, too, when the container is
 * already removed or being removed.
 */
export async function removeContainer(docker: Dockerode, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true })
  } catch (error) {
    // Podman answers 500 for a container that ends at this moment.
    if (!(await disappears(docker, id)) && !isStatus(error, 404, 409)) throw error
  }
}

/**
 * How long the endpoints of removed containers may keep a network in use, in ms. Some engines lose
 * track of an endpoint, and keep its network for ever.
 */
const ENDPOINTS_LIMIT = 5_000
/** Like `ENDPOINTS_LIMIT`, for the networks of an earlier run. */
const STUCK_LIMIT = 2_000

/**
 * Removes a network. Succeeds, too, when it is already removed.
 * @param limit retries until this many ms have passed.
 * @throws the engine's last error after that.
 */
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

/** Waits at most 5 s for the end of a container. @returns whether it is gone. */
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

/** Returns whether an error is an answer of the engine with one of these HTTP statuses. */
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
