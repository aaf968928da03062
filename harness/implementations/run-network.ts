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
  /** Packages may be installed on this machine when that helps to build images. */
  readonly provision?: boolean | undefined
  /** Called with one line about each notable fact of the network. */
  readonly progress?: ((message: string) => void) | undefined
}

/** A share in a bridge network of this run on one engine. */
export interface NetworkShare {
  /** The network's name. */
  readonly name: string
  /**
   * The tester on the network; undefined when that is this process.
   * @throws EnvironmentError when it cannot be started.
   */
  tester(): Promise<ContainedTester | undefined>
  /**
   * An unused address of its subnet; undefined when the tester is this process, which finds one
   * itself.
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
  /** Creation and removal happen one after the other. */
  queue: Promise<unknown>
}

const networks = new Map<string, Shared>()

/** Engines for which the reason of a tester in a container has been reported. */
const told = new Set<string>()

/**
 * The number of networks that this process has named. A network that could not be removed keeps its
 * name.
 */
let named = 0

/**
 * Joins the run's network of an implementation; the first to do so creates it, and the tester on
 * it. All its replicas share one bridge, for engines have only a few dozen address ranges to give.
 * Implementations that are played side by side have one bridge each, so the tester has an address
 * on each: it may listen on port 1723 of one for clients and connect from that port of another.
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
  // Each share gets the error.
  tester.catch(() => {})
  return { ...own, unusedAddress: layout.unused, tester }
}

/** Attempts to get a subnet, since another process may take one in between. */
const ATTEMPTS = 5

/**
 * Replaces a network by one with fixed addresses: an engine assigns these only in a subnet that the
 * creator chose. The new network gets the subnet that the engine chose for the first.
 */
async function withLayout(engine: Engine, first: string) {
  let id = first
  for (let attempt = 1; ; attempt++) {
    const layout = await layoutOf(engine, id).finally(() => removeNetwork(engine.docker, id))
    try {
      return { own: await createNetwork(engine, layout), layout }
    } catch (error) {
      // Other runs, and other implementations of this run, create networks, too.
      if (attempt === ATTEMPTS || stopping.aborted) throw error
      id = (await createNetwork(engine)).id
    }
  }
}

/**
 * The reason why the tester has to be in a container, as far as it is known without a network;
 * undefined when it need not be.
 */
async function whyContained(engine: Engine, wanted: TesterPlace | undefined): Promise<string | undefined> {
  if (wanted === 'container') return '--tester container says so'
  if (wanted === 'here') return undefined
  if (!canOpenRawGre().ok) return 'raw GRE sockets are not allowed in this process'
  return (await isRootless(engine)) ? 'containers of a rootless engine are out of reach from here' : undefined
}

/**
 * The place of a run's tester on an engine, and the reason, as far as they are known without a
 * network. Changes nothing.
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
  return { place: 'container', why: "the engine's networks are not on this machine, as far as can be seen" }
}

/**
 * Whether Docker's default bridge is on this machine. For Podman that is unknown before a container
 * runs.
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

/** Whether an engine runs without root: its networks are in a namespace of their own. */
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
 * The reason why hosts of a network cannot be reached from this process; undefined when they can,
 * or that is unknown.
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

/** The address plan of a network's subnet; all are dotted IPv4. */
interface Layout {
  /** In CIDR notation. */
  readonly subnet: string
  /** The range from which the engine assigns addresses to other containers. */
  readonly range: string
  /** Addresses below and above that range. */
  readonly tester: readonly [string, string]
  readonly unused: string
}

async function layoutOf({ docker }: Engine, id: string): Promise<Layout> {
  const inspected: unknown = await docker.getNetwork(id).inspect()
  const subnet = /"Subnet":"([0-9.]+\/[0-9]+)"/.exec(JSON.stringify(inspected))?.[1]
  const layout = subnet === undefined ? undefined : layoutIn(subnet)
  if (layout !== undefined) return layout
  throw new EnvironmentError(
    `the engine gives its networks ${subnet ?? 'no IPv4 subnet'}, in which there is no room for a tester`,
    'Let its default address pools have subnets of at least 64 addresses (default-address-pools of dockerd)',
  )
}

/** The fewest bits of a subnet that are left for hosts: fewer leave no room. */
const HOST_BITS = 6

/** @param subnet in CIDR notation. @returns undefined when it is too small. */
export function layoutIn(subnet: string): Layout | undefined {
  const [address = '', length = ''] = subnet.split('/')
  const bits = 32 - Number(length)
  if (!(bits >= HOST_BITS && bits <= 24)) return undefined
  const size = 2 ** bits
  const base = addressNumber(address)
  const at = (offset: number) => dottedAddress(base + offset)
  return {
    subnet,
    // The second quarter.
    range: `${at(size / 4)}/${Number(length) + 2}`,
    // The first address is the engine's own.
    tester: [at(2), at(size - 3)],
    unused: at(size - 2),
  }
}

/**
 * With firewalled bridges, the engine would also translate addresses of packets between two
 * networks.
 */
const GATEWAY_ELSEWHERE = {
  'com.docker.network.bridge.inhibit_ipv4': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'false',
} as const

/**
 * Creates a bridge network of this run.
 * @param gatewayElsewhere the first address, the containers' gateway, is not the engine's: a router
 * may take it.
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
