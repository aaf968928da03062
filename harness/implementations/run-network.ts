import { existsSync } from 'node:fs'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { canOpenRawGre } from '../network/raw-gre.ts'
import { addressNumber, dottedAddress } from '../protocol/ip.ts'
import { registerEngine, removeNetwork, stopping } from './cleanup.ts'
import type { Engine } from './engine.ts'
import { currentRun, runLabels } from './run-identity.ts'
import { type ContainedTester, startTester } from './tester-container.ts'
import { prepareTesterImage } from './tester-image.ts'
import type { TesterPlace } from './tester-place.ts'

export interface RunNetworkOptions {
  /** The place of the tester; chosen by the abilities of this machine unless given. */
  readonly tester?: TesterPlace | undefined
  /** Whether packages may be installed on this machine in order to build images. */
  readonly provision?: boolean | undefined
  /** Called with one line about each step, and about the place of the tester. */
  readonly progress?: ((message: string) => void) | undefined
}

/** A share in a bridge network of this run on one engine. */
export interface NetworkShare {
  /** The network's name. */
  readonly name: string
  /**
   * Returns the tester in containers on the network; undefined when this process is the tester.
   * @throws EnvironmentError when the containers cannot be started.
   */
  tester(): Promise<ContainedTester | undefined>
  /**
   * An unused address of the network's subnet; undefined when this process is the tester, which
   * then finds one itself.
   */
  readonly unusedAddress: string | undefined
  /** Gives the share back; the last one removes the tester and the network. Idempotent. */
  release(): Promise<void>
}

interface RunNetwork {
  readonly id: string
  readonly name: string
  readonly unusedAddress: string | undefined
  readonly tester: Promise<ContainedTester | undefined>
}

interface Shared {
  shares: number
  network: RunNetwork | undefined
  /** The last creation or removal: the next one waits for it. */
  queue: Promise<unknown>
}

const networks = new Map<string, Shared>()

/** Engines for which it has been reported that the tester is in a container, and why. */
const told = new Set<string>()

/**
 * How many networks this process has named. No name is used twice, because a network that could not
 * be removed keeps its name.
 */
let named = 0

/**
 * Takes a share in the run's network for an implementation. The first share creates the network,
 * and the tester on it. All replicas of an implementation share one bridge, because engines have
 * only a few dozen address ranges. Each implementation has a bridge of its own, so that the tester
 * has an address on each: it can listen on port 1723 of one address, and connect from that port of
 * another.
 * @param owner the implementation's name.
 * @throws EnvironmentError when the engine cannot create a network.
 */
export async function shareRunNetwork(
  engine: Engine,
  owner: string,
  options: RunNetworkOptions = {},
): Promise<NetworkShare> {
  registerEngine(engine)
  const key = `${engine.host} ${owner}`
  const shared: Shared = networks.get(key) ?? {
    shares: 0,
    network: undefined,
    queue: Promise.resolve(),
  }
  networks.set(key, shared)

  const { name, tester, unusedAddress } = await inTurn(shared, async () => {
    shared.network ??= await openRunNetwork(engine, options)
    shared.shares += 1
    return shared.network
  })
  let released = false
  return {
    name,
    unusedAddress,
    tester: () => tester,
    async release() {
      if (released) return
      released = true
      await inTurn(shared, async () => {
        shared.shares -= 1
        if (shared.shares > 0 || shared.network === undefined) return
        const { id, tester } = shared.network
        shared.network = undefined
        await (await tester.catch(() => undefined))?.stop()
        await removeNetwork(engine.docker, id)
      })
    },
  }
}

async function openRunNetwork(engine: Engine, options: RunNetworkOptions): Promise<RunNetwork> {
  const known = await whyContained(engine, options.tester)
  const network = await createNetwork(engine)
  const why = known ?? (await whyUnreachable(engine, network.id, options.tester))
  if (why === undefined) return { ...network, unusedAddress: undefined, tester: Promise.resolve(undefined) }
  if (!told.has(engine.host)) options.progress?.(`the tester plays from a container, for ${why}`)
  told.add(engine.host)
  const { own, layout } = await withLayout(engine, network.id)
  const tester = prepareTesterImage(engine, {
    provision: options.provision,
    progress: options.progress ?? (() => {}),
  }).then((image) => startTester(engine, image, own.name, layout.tester))
  // Not an unhandled rejection: `tester` of each share rejects with the error.
  tester.catch(() => {})
  return { ...own, unusedAddress: layout.unused, tester }
}

/** How many attempts are made: another process may take the subnet in between. */
const ATTEMPTS = 5

/**
 * Replaces a network by one in which containers can have fixed addresses. An engine allows these
 * only in a subnet that it was given, so the new network is given the subnet that the engine chose
 * for the first.
 */
async function withLayout(engine: Engine, first: string) {
  let id = first
  for (let attempt = 1; ; attempt++) {
    const layout = await layoutOf(engine, id).finally(() => removeNetwork(engine.docker, id))
    try {
      return { own: await createNetwork(engine, layout), layout }
    } catch (error) {
      // Another run, or another implementation of this run, may have taken the subnet.
      if (attempt === ATTEMPTS || stopping.aborted) throw error
      id = (await createNetwork(engine)).id
    }
  }
}

/**
 * Returns why the tester must be in a container, as far as that is known without a network;
 * undefined when there is no reason.
 */
async function whyContained(engine: Engine, wanted: TesterPlace | undefined): Promise<string | undefined> {
  if (wanted === 'container') return '--tester container is given'
  if (wanted === 'here') return undefined
  if (!canOpenRawGre().ok) return 'raw GRE sockets are not allowed in this process'
  return (await isRootless(engine)) ? 'containers of a rootless engine are out of reach from here' : undefined
}

/**
 * Returns where a run's tester will be, and why, as far as that is known without a network. Changes
 * nothing.
 */
export async function foreseeTester(
  engine: Engine,
): Promise<{ readonly place: TesterPlace; readonly why: string }> {
  const known = await whyContained(engine, undefined)
  if (known !== undefined) return { place: 'container', why: known }
  if (engine.host.startsWith('unix://') && (await hasItsBridgeHere(engine)))
    return {
      place: 'here',
      why: "raw GRE sockets are allowed, and the engine's networks are on this machine",
    }
  return { place: 'container', why: "the engine's networks do not seem to be on this machine" }
}

/**
 * Returns whether Docker's default bridge is on this machine. Always true for Podman, which has no
 * bridge before a container runs.
 */
async function hasItsBridgeHere({ docker, name }: Engine): Promise<boolean> {
  if (name !== 'Docker') return true
  try {
    const bridge: unknown = await docker.getNetwork('bridge').inspect()
    const interfaceName = /"com\.docker\.network\.bridge\.name":"([\w.-]+)"/.exec(JSON.stringify(bridge))?.[1]
    return interfaceName !== undefined && existsSync(`/sys/class/net/${interfaceName}`)
  } catch {
    return false
  }
}

/** Returns whether an engine is rootless: its networks are then in a namespace of their own. */
async function isRootless({ docker }: Engine): Promise<boolean> {
  try {
    const info: unknown = await docker.info()
    const options =
      typeof info === 'object' && info !== null && 'SecurityOptions' in info ? info.SecurityOptions : []
    return Array.isArray(options) && options.some((one) => String(one).includes('rootless'))
  } catch {
    return false
  }
}

/**
 * Returns why this process cannot reach the hosts of a network; undefined when it can, or when that
 * is unknown.
 */
async function whyUnreachable(
  engine: Engine,
  id: string,
  wanted: TesterPlace | undefined,
): Promise<string | undefined> {
  if (wanted === 'here') return undefined
  // Docker makes a bridge of that name at once; Podman makes one when the first container joins.
  const isHere =
    engine.name === 'Docker'
      ? existsSync(`/sys/class/net/br-${id.slice(0, 12)}`)
      : engine.host.startsWith('unix://')
  return isHere ? undefined : "the engine's networks are out of reach from here"
}

/** The use of the addresses of a network's subnet; addresses are dotted IPv4. */
interface Layout {
  /** In CIDR notation. */
  readonly subnet: string
  /** The range from which the engine assigns addresses to other containers. */
  readonly range: string
  /** The tester's two addresses, one below and one above that range. */
  readonly tester: readonly [string, string]
  readonly unused: string
}

async function layoutOf({ docker }: Engine, id: string): Promise<Layout> {
  const inspected: unknown = await docker.getNetwork(id).inspect()
  const subnet = /"Subnet":"([0-9.]+\/[0-9]+)"/.exec(JSON.stringify(inspected))?.[1]
  const layout = subnet === undefined ? undefined : layoutIn(subnet)
  if (layout !== undefined) return layout
  throw new EnvironmentError(
    `the engine gave a network ${subnet === undefined ? 'no IPv4 subnet' : `the subnet ${subnet}, which has no room for a tester`}`,
    'Configure the engine to use IPv4 subnets of at least 64 addresses (default-address-pools of dockerd)',
  )
}

/** The least number of host bits of a subnet: 64 addresses are enough for a run. */
const HOST_BITS = 6

/**
 * Divides a subnet among the engine, the tester and other containers.
 * @param subnet in CIDR notation.
 * @returns undefined when the subnet is smaller than 64 addresses or larger than a /8.
 */
export function layoutIn(subnet: string): Layout | undefined {
  const [address = '', length = ''] = subnet.split('/')
  const bits = 32 - Number(length)
  if (!(bits >= HOST_BITS && bits <= 24)) return undefined
  const size = 2 ** bits
  const base = addressNumber(address)
  const at = (offset: number) => dottedAddress(base + offset)
  return {
    subnet,
    // The second quarter of the subnet.
    range: `${at(size / 4)}/${Number(length) + 2}`,
    // The first address is the engine's own.
    tester: [at(2), at(size - 3)],
    unused: at(size - 2),
  }
}

/**
 * Options of a bridge whose first address a router may take. Masquerading is off, because the
 * engine would otherwise translate the addresses of packets between two networks.
 */
const GATEWAY_ELSEWHERE = {
  'com.docker.network.bridge.inhibit_ipv4': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'false',
} as const

/**
 * Creates a bridge network of this run.
 * @param layout the subnet and the range for containers; chosen by the engine unless given.
 * @param gatewayElsewhere the engine does not take the first address, the containers' gateway, so
 * that a router may.
 * @throws EnvironmentError when the engine refuses.
 */
export async function createNetwork(
  engine: Engine,
  layout?: Pick<Layout, 'subnet' | 'range'>,
  { gatewayElsewhere = false } = {},
): Promise<{ readonly id: string; readonly name: string }> {
  if (stopping.aborted) throw new EnvironmentError('the run is being stopped')
  named += 1
  const name = `pptpspec-${currentRun().run}-${named}`
  try {
    const { id } = await engine.docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: runLabels(currentRun()),
      ...(layout === undefined
        ? {}
        : { IPAM: { Config: [{ Subnet: layout.subnet, IPRange: layout.range }] } }),
      ...(gatewayElsewhere ? { Options: GATEWAY_ELSEWHERE } : {}),
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
