import { removeNetwork } from '../../implementations/cleanup.ts'
import type { Engine } from '../../implementations/engine.ts'
import type { Image } from '../../implementations/images.ts'
import { createNetwork } from '../../implementations/run-network.ts'
import { type Half, startHalf } from '../../implementations/tester-container.ts'
import { PATHS } from '../paths.ts'
import { type Router, startRouter } from '../router.ts'
import { startWatcher, type Watcher } from '../watcher.ts'
import type { MiddleboxPath } from './case.ts'
import type { MiddleboxManifest } from './manifest.ts'

/** A middlebox between two sides of the tester. */
export interface MiddleboxBed {
  readonly router: Router
  /** Hosts of the tester on the side whose addresses are translated. */
  readonly clients: readonly Half[]
  readonly server: Half
  /** The watchers at the middlebox: towards the clients, and towards the server. */
  readonly watchers: readonly [Watcher, Watcher]
  /** Sets the path between the two sides, in place of the previous one. */
  take(path: MiddleboxPath): Promise<void>
  /** The address that clients dial on the present path. */
  dialled(): string
  /** Why the bed can no longer be used; undefined while it can. */
  death(): string | undefined
  stop(): Promise<void>
}

/** The parts that a bed of a middlebox is made of. */
export interface MiddleboxBedPlan {
  readonly engine: Engine
  readonly manifest: MiddleboxManifest
  readonly image: Image
  /** The image of the watchers. */
  readonly captures: Image
  /** The image of the tester's hosts. */
  readonly tester: Image
}

/** Commands that remove the previous path. Beside them, a middlebox needs only `up`. */
const AS_AT_FIRST = [
  ['translate', 'none'],
  ['serve', 'none'],
  ['expire', 'none'],
]

/** The number of hosts that the tester has on the side of the clients. */
const CLIENTS = 2

/**
 * Starts the networks and containers of a middlebox's bed.
 * @throws EnvironmentError when one of them does not start; those already started are removed.
 */
export async function makeMiddleboxBed(plan: MiddleboxBedPlan): Promise<MiddleboxBed> {
  const undo: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const one of undo.splice(0).reverse()) await one()
  }
  try {
    return await start(plan, undo, stop)
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

async function start(
  plan: MiddleboxBedPlan,
  undo: (() => Promise<unknown>)[],
  stop: MiddleboxBed['stop'],
): Promise<MiddleboxBed> {
  const { engine } = plan
  const network = async () => {
    const made = await createNetwork(engine, undefined, { gatewayElsewhere: true })
    undo.push(() => removeNetwork(engine.docker, made.id))
    return made
  }
  const inner = await network()
  const outer = await network()
  const router = await startRouter({ ...plan, inner, outer })
  undo.push(() => router.stop())
  const host = async (on: string) => {
    const half = await startHalf(engine, plan.tester, on)
    undo.push(() => half.stop())
    return half
  }
  const watch = async (hop: string, interfaceName: string) => {
    const watched = { engine, image: plan.captures, hop, container: router.id, interfaceName }
    const watcher = await startWatcher(watched)
    undo.push(() => watcher.stop())
    return watcher
  }
  const clients: Half[] = []
  for (let made = 0; made < CLIENTS; made++) clients.push(await host(inner.name))
  const server = await host(outer.name)
  const watchers = [
    await watch('inner', router.interfaces.inner),
    await watch('outer', router.interfaces.outer),
  ] as const
  let current: MiddleboxPath = 'nat'
  return {
    router,
    clients,
    server,
    watchers,
    async take(path) {
      for (const words of [...AS_AT_FIRST, ...PATHS[path].routes])
        await router.route(words.map((word) => word.replace('{server}', server.address)))
      current = path
    },
    dialled: () => (current === 'forwarded' ? router.inside : server.address),
    death: () =>
      router.death() ??
      [...clients, server].map(({ relay }) => relay.lost()).find((why) => why !== undefined),
    stop,
  }
}
