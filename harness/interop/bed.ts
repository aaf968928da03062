import { removeNetwork } from '../implementations/cleanup.ts'
import type { Engine } from '../implementations/engine.ts'
import type { Image } from '../implementations/images.ts'
import { createLogBuffer } from '../implementations/log-buffer.ts'
import type { Manifest } from '../implementations/manifest.ts'
import { placeContainer } from '../implementations/placed.ts'
import { createNetwork } from '../implementations/run-network.ts'
import { type ClientEnd, createClientEnd, createEnd, type End } from './ends.ts'
import type { MiddleboxManifest } from './middlebox/manifest.ts'
import { NOTHING_BETWEEN, PATHS, type Path, type PathName } from './paths.ts'
import { type Router, startRouter } from './router.ts'
import { startWatcher, type Watcher } from './watcher.ts'

/** An implementation and the image that it is started from. */
export interface ImplementationImage {
  readonly manifest: Manifest
  readonly image: Image
  /** Environment variables beside those of the manifest. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The parts that a bed is made of. */
export interface BedPlan {
  readonly engine: Engine
  readonly client: ImplementationImage
  readonly server: ImplementationImage
  /** The middlebox that is the router; used only if `routed` is set. */
  readonly middlebox: { readonly manifest: MiddleboxManifest; readonly image: Image }
  /** The image of the watchers. */
  readonly captures: Image
  /** Whether a router lies between the clients and the server. */
  readonly routed: boolean
  /** The number of clients. */
  readonly clients: number
  /** Whether the clocks of both ends are accelerated. */
  readonly accelerated: boolean
  /** The seed of the losses and reordering on the paths. */
  readonly seed: number
}

/**
 * A server, clients, the path between them and the watchers at each hop: all started, and used for
 * many cases.
 */
export interface Bed {
  readonly clients: readonly [ClientEnd, ...ClientEnd[]]
  readonly server: End
  /** From client to server: beside the first client, on both sides of the router, at the server. */
  readonly watchers: readonly Watcher[]
  readonly router: Router | undefined
  /** Sets the path between client and server; with `anew` even if it is set already. */
  take(path: PathName, options?: { readonly anew?: boolean }): Promise<void>
  /** The address that clients dial on the present path. */
  dialled(): string
  /** Why the bed can no longer be used; undefined while it can. */
  death(): string | undefined
  stop(): Promise<void>
}

/**
 * Starts the networks, containers and watchers of a bed.
 * @throws EnvironmentError when one of them does not start; those already started are removed.
 */
export async function makeBed(plan: BedPlan): Promise<Bed> {
  const undo: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    // In reverse order: a network can be removed only when no container is on it.
    for (const one of undo.splice(0).reverse()) await one()
  }
  try {
    return await startBed(plan, undo, stop)
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

/**
 * Waits for starts that run at the same time, because each kernel takes seconds to boot.
 * @throws the first error, after all have settled.
 */
async function together<T extends readonly Promise<unknown>[]>(
  ...starts: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ends = await Promise.allSettled(starts)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return Promise.all(starts) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>
}

async function startBed(plan: BedPlan, undo: (() => Promise<unknown>)[], stop: Bed['stop']): Promise<Bed> {
  const { engine, routed } = plan
  const { docker } = engine
  const network = async () => {
    const made = await createNetwork(engine, undefined, { gatewayElsewhere: routed })
    undo.push(() => removeNetwork(docker, made.id))
    return made
  }
  const inner = await network()
  const outer = routed ? await network() : inner

  const place = async (
    { manifest, image, environment = {} }: ImplementationImage,
    on: string,
    speed: number,
  ) => {
    const log = createLogBuffer(() => performance.timeOrigin + performance.now())
    const placed = await placeContainer(
      { engine, image, manifest, speed, environment },
      on,
      log,
      async () => {},
    )
    undo.push(() => placed.remove())
    return { placed, manifest, docker, log }
  }
  const routerOf = async () => {
    if (!routed) return undefined
    const router = await startRouter({ engine, ...plan.middlebox, inner, outer })
    undo.push(() => router.stop())
    return router
  }
  const speedOf = ({ manifest: { clock } }: ImplementationImage) =>
    (plan.accelerated ? clock?.accelerated : clock?.usual) ?? 1
  const [server, router, ...clients] = await together(
    place(plan.server, outer.name, speedOf(plan.server)),
    routerOf(),
    ...Array.from({ length: plan.clients }, () => place(plan.client, inner.name, speedOf(plan.client))),
  )
  const [first, ...others] = clients as Awaited<ReturnType<typeof place>>[]
  if (first === undefined) throw new RangeError('a bed needs at least one client')

  const watch = async (hop: string, container: string, interfaceName: string) => {
    const watcher = await startWatcher({ engine, image: plan.captures, hop, container, interfaceName })
    undo.push(() => watcher.stop())
    return watcher
  }
  const watchers = await together(
    watch('client', first.placed.id, 'eth0'),
    ...(router === undefined
      ? []
      : [
          watch('inner', router.id, router.interfaces.inner),
          watch('outer', router.id, router.interfaces.outer),
        ]),
    watch('server', server.placed.id, 'eth0'),
  )

  let current: PathName | undefined
  const everybody = [server, first, ...others]
  return {
    clients: [createClientEnd(first), ...others.map(createClientEnd)],
    server: createEnd(server),
    watchers,
    router,
    async take(path, { anew = false } = {}) {
      if (path === current && !anew) return
      const { routes } = PATHS[path]
      if (routes !== undefined && router !== undefined) {
        const words = [...NOTHING_BETWEEN, ...routes]
        for (const one of words)
          await router.route(
            one.map((word) =>
              word.replace('{seed}', String(plan.seed)).replace('{server}', server.placed.address),
            ),
          )
      }
      current = path
    },
    dialled() {
      const path: Path | undefined = current && PATHS[current]
      return path?.forwarded === true && router !== undefined ? router.inside : server.placed.address
    },
    death: () => everybody.map(({ placed }) => placed.death()).find((death) => death !== undefined),
    stop,
  }
}
