import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { registerEngine, removeNetwork, stopping } from './cleanup.ts'
import type { Engine } from './engine.ts'
import { currentRun, runLabels } from './run-identity.ts'

/** A share in a bridge network of this run on one engine. */
export interface NetworkShare {
  /** The network's name. */
  readonly name: string
  /** Gives the share back; the last one removes the network. Doing it twice does nothing. */
  release(): Promise<void>
}

interface Shared {
  shares: number
  network: { readonly id: string; readonly name: string } | undefined
  /** Creation and removal happen one after the other. */
  queue: Promise<unknown>
}

const networks = new Map<string, Shared>()

/** How many networks this process has named. One that could not be removed keeps its name. */
let named = 0

/**
 * Joins the run's network of an implementation; the first to do so creates it. All its replicas share
 * one bridge, for engines have only a few dozen address ranges to give. Implementations that are played
 * side by side have one each, and so has the tester an address for each: on one, it listens on port
 * 1723 for those that dial, and on another it connects from that port.
 * @param owner the implementation's name.
 * @throws EnvironmentError when the engine cannot create a network.
 */
export async function shareRunNetwork(engine: Engine, owner: string): Promise<NetworkShare> {
  registerEngine(engine)
  const key = `${engine.host} ${owner}`
  const shared: Shared = networks.get(key) ?? {
    shares: 0,
    network: undefined,
    queue: Promise.resolve(),
  }
  networks.set(key, shared)

  const { name } = await inTurn(shared, async () => {
    shared.network ??= await createNetwork(engine)
    shared.shares += 1
    return shared.network
  })
  let released = false
  return {
    name,
    async release() {
      if (released) return
      released = true
      await inTurn(shared, async () => {
        shared.shares -= 1
        if (shared.shares > 0 || shared.network === undefined) return
        const { id } = shared.network
        shared.network = undefined
        await removeNetwork(engine.docker, id)
      })
    },
  }
}

async function createNetwork(engine: Engine): Promise<NonNullable<Shared['network']>> {
  if (stopping.aborted) throw new EnvironmentError('the run is being stopped')
  named += 1
  const name = `pptpspec-${currentRun().run}-${named}`
  try {
    const { id } = await engine.docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: runLabels(currentRun()),
    })
    return { id, name }
  } catch (cause) {
    throw new EnvironmentError(
      `the engine could not create a bridge network: ${messageOf(cause)}`,
      'Networks left behind by other programs use up the address ranges: docker network prune.',
      { cause },
    )
  }
}

function inTurn<T>(shared: Shared, work: () => Promise<T>): Promise<T> {
  const turn = shared.queue.then(work, work)
  shared.queue = turn.catch(() => {})
  return turn
}
