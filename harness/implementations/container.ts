import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { EnvironmentError, messageOf, UsageError } from '../errors/errors.ts'
import { createSystemNetwork } from '../network/system.ts'
import type { PppProfile } from '../ppp/profile.ts'
import { addressNumber, dottedAddress } from '../protocol/ip.ts'
import type { TimerProfile } from '../scenario/profile.ts'
import { registerEngine, removeLeftovers, trackCreation } from './cleanup.ts'
import { createContainerDialler } from './container-dial.ts'
import type { Engine } from './engine.ts'
import { prepareImage } from './images.ts'
import type { Implementation, Replica, StartOptions } from './implementation.ts'
import { createLineCounter, type LineCounter } from './line-counter.ts'
import { createLogBuffer, type LogBuffer } from './log-buffer.ts'
import { type ContainerFolder, claimsOf, type Manifest } from './manifest.ts'
import { type ContainerPlan, firstLine, type PlacedContainer, placeContainer } from './placed.ts'
import { type NetworkShare, type RunNetworkOptions, shareRunNetwork } from './run-network.ts'
import type { ContainedTester } from './tester-container.ts'
import type { TesterPlace } from './tester-place.ts'

/** How long the command of a PPP profile may take, in ms. */
const PROFILE_LIMIT = 10_000

/**
 * How long to wait for the log lines of `log.connectionOver`, in ms. Then the next case begins
 * without them.
 */
const SETTLE_LIMIT = 1_500

export interface ContainerOptions {
  /** Whether packages may be installed on this machine in order to build images. */
  readonly provision?: boolean | undefined
  /** The place of the tester; chosen by the abilities of this machine unless given. */
  readonly tester?: TesterPlace | undefined
}

/** Creates an implementation that runs in containers, one for each replica. */
export function containerImplementation(
  source: ContainerFolder,
  engine: Engine,
  options: ContainerOptions = {},
): Implementation {
  const { manifest } = source
  return {
    name: manifest.name,
    title: manifest.title,
    kind: 'container',
    pics: claimsOf(manifest),
    ...(manifest.clock ? { acceleration: manifest.clock.accelerated } : {}),
    lighterWithoutCalls: manifest.start?.withoutCalls !== undefined,
    async start(count, progress, { calls = true, clock = 'real' } = {}) {
      const speed = speedOf(manifest, clock)
      registerEngine(engine)
      await sweepOnce(engine, progress)
      const image = await prepareImage(engine, source, { provision: options.provision, progress })
      progress(`starting ${manifest.name}${count === 1 ? '' : `, ${count} replicas`}`)
      const environment = calls ? {} : (manifest.start?.withoutCalls?.env ?? {})
      let complained = false
      const complain = (complaint: string): void => {
        if (!complained) progress(complaint)
        complained = true
      }
      const share = (): Promise<Replica> =>
        trackCreation(
          startReplica({
            engine,
            image,
            manifest,
            speed,
            environment,
            network: { ...options, progress },
            complain,
          }),
        )
      const outcomes = await Promise.allSettled(Array.from({ length: count }, share))
      const replicas = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed) {
        await Promise.allSettled(replicas.map((replica) => replica.stop()))
        throw failed.reason
      }
      return replicas
    },
  }
}

function speedOf(manifest: Manifest, clock: NonNullable<StartOptions['clock']>): number {
  if (clock === 'real') return 1
  if (clock === 'usual') return manifest.clock?.usual ?? 1
  if (manifest.clock) return manifest.clock.accelerated
  throw new UsageError(
    `${manifest.name} has no accelerated clock`,
    'Run it with --clock real, or give its manifest clock.accelerated.',
  )
}

const swept = new Map<string, Promise<unknown>>()

/**
 * Removes containers and networks that killed runs left on an engine, before the first start there,
 * so that they do not disturb this run.
 */
function sweepOnce(engine: Engine, progress: (message: string) => void): Promise<unknown> {
  const sweep =
    swept.get(engine.host) ??
    removeLeftovers(engine).then(
      (count) => {
        if (count > 0) progress(`removed ${count} containers and networks that an earlier run left behind`)
      },
      // The run goes on: it uses other names and networks, so leftovers only cost memory.
      (error: unknown) => progress(`could not remove what an earlier run left behind: ${messageOf(error)}`),
    )
  swept.set(engine.host, sweep)
  return sweep
}

interface ReplicaPlan extends ContainerPlan {
  readonly network: RunNetworkOptions
  /** Reports an error in the manifest that shows only while replicas run. Reports once. */
  readonly complain: (complaint: string) => void
}

async function startReplica(plan: ReplicaPlan): Promise<Replica> {
  const { engine, manifest } = plan
  const share = await shareRunNetwork(engine, manifest.name, plan.network)
  const counter =
    manifest.log === undefined
      ? undefined
      : createLineCounter(new RegExp(manifest.log.connectionOver), () =>
          plan.complain(
            `${manifest.name}: no log line has matched log.connectionOver yet, so after each connection the run waits ${SETTLE_LIMIT / 1000} s for one; see the .log files`,
          ),
        )
  const log = createLogBuffer(() => performance.timeOrigin + performance.now(), counter?.add)
  try {
    const placed = await placeContainer(plan, share.name, log, () => share.tester())
    const tester = placed.beside
    if (tester === undefined && !isOnLink(placed.address, ownInterfaces())) {
      await placed.remove()
      throw outOfReach(placed.address, engine)
    }
    return createReplica({ plan, share, tester, log, counter, placed })
  } catch (error) {
    await share.release().catch(() => {})
    throw error
  }
}

function createReplica(parts: {
  readonly plan: ReplicaPlan
  readonly share: NetworkShare
  readonly tester: ContainedTester | undefined
  readonly log: LogBuffer
  readonly counter: LineCounter | undefined
  readonly placed: PlacedContainer
}): Replica {
  const { plan, share, tester, log, counter, placed } = parts
  const { docker } = plan.engine
  const { manifest } = plan
  const { address, provenance } = placed
  const timers: TimerProfile = { ...manifest.timers, speed: plan.speed }
  const dial = createContainerDialler({ docker, id: placed.id, manifest })
  const configure = configurer(placed, manifest)
  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await placed.remove()
    await share.release()
  }
  return {
    address,
    ...(tester === undefined ? fromHere(address) : fromContainer(tester, share)),
    provenance,
    timers,
    accounts: manifest.ppp,
    ...(configure === undefined ? {} : { configure }),
    ...(dial === undefined ? {} : { dial }),
    ...(counter === undefined
      ? {}
      : { settled: (connections) => counter.reaches(connections, SETTLE_LIMIT) }),
    takeLog() {
      counter?.reset()
      return log.take()
    },
    death: placed.death,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

type Reach = Pick<Replica, 'testerAddresses' | 'unusedAddress' | 'openNetwork' | 'play'>

/** Returns the access to a replica through sockets of this process. */
function fromHere(address: string): Reach {
  return {
    testerAddresses: addressesTowards(address, ownInterfaces()),
    unusedAddress: unusedAddressNear(address, ownInterfaces()),
    openNetwork: async () => createSystemNetwork(),
    play: (body) => body(),
  }
}

function fromContainer(tester: ContainedTester, { unusedAddress }: NetworkShare): Reach {
  return {
    testerAddresses: tester.addresses,
    unusedAddress,
    openNetwork: async () => tester.openNetwork(),
    play: tester.whileAlive,
  }
}

function ownInterfaces() {
  return Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
}

/**
 * Makes the error for a container whose bridge this machine is not on. Scenarios talk to the
 * container's address on its bridge. The bridge is elsewhere if the engine is rootless, on another
 * machine, or in another network namespace.
 */
function outOfReach(address: string, engine: Engine): EnvironmentError {
  return new EnvironmentError(
    `this machine has no direct way to the container's address ${address || '(none)'} (engine at ${engine.host})`,
    'Run pptpspec on the engine’s own machine; rootless engines keep containers out of reach, use one that runs as root.',
  )
}

/**
 * Returns the addresses of this machine from which a container can be reached, first the one on the
 * container's bridge. To the others the container answers through its gateway, which is this
 * machine, too.
 */
export function addressesTowards(
  address: string,
  interfaces: readonly {
    readonly family: string
    readonly address: string
    readonly netmask: string
    readonly internal: boolean
  }[],
): readonly string[] {
  const own = interfaces.filter((one) => one.family === 'IPv4' && !one.internal)
  const near = own.filter((one) => isOnLink(address, [one]))
  return [...near, ...own.filter((one) => !near.includes(one))].map((one) => one.address)
}

/**
 * Returns the last address of the bridge's subnet, which is unused: engines assign addresses from
 * the first one on, and only the containers of one run are on this network. Returns undefined when
 * this machine is not on the container's bridge, or the subnet has fewer than 256 addresses.
 */
export function unusedAddressNear(
  address: string,
  interfaces: Parameters<typeof addressesTowards>[1],
): string | undefined {
  const bridge = interfaces.find((one) => isOnLink(address, [one]))
  const own = toNumber(bridge?.address ?? '')
  const mask = toNumber(bridge?.netmask ?? '')
  if (own === undefined || mask === undefined || ~mask < 255) return undefined
  const last = ((own & mask) | ~mask) - 1
  return dottedAddress(last >>> 0)
}

/**
 * Returns whether an IPv4 address lies in the subnet of one of these interfaces. Loopback
 * interfaces do not count.
 */
export function isOnLink(
  address: string,
  interfaces: readonly {
    readonly family: string
    readonly address: string
    readonly netmask: string
    readonly internal: boolean
  }[],
): boolean {
  const target = toNumber(address)
  if (target === undefined) return false
  return interfaces.some((one) => {
    const own = toNumber(one.address)
    const mask = toNumber(one.netmask)
    if (one.family !== 'IPv4' || one.internal || own === undefined || mask === undefined) return false
    return (own & mask) === (target & mask)
  })
}

/** Converts an address to a signed 32-bit number, for masks; undefined when it is not IPv4. */
function toNumber(address: string): number | undefined {
  return isIPv4(address) ? addressNumber(address) | 0 : undefined
}

/**
 * Creates the function that switches a container between PPP profiles; undefined when its manifest
 * has none.
 */
function configurer(
  container: PlacedContainer,
  { name, profiles }: Manifest,
): Replica['configure'] | undefined {
  if (profiles === undefined) return undefined
  let current: PppProfile | 'usual' = 'usual'
  return async (wanted) => {
    const profile = profiles[wanted]
    if (wanted === current || profile === undefined) return
    const end = await container.execute(profile.command, PROFILE_LIMIT).catch((error: unknown) => {
      throw new EnvironmentError(`${name}: profiles.${wanted}.command: ${messageOf(error)}`)
    })
    if (end.exitCode !== 0)
      throw new EnvironmentError(
        `${name}: profiles.${wanted}.command ended with status ${end.exitCode}: ${firstLine(end.output)}`,
      )
    current = wanted
  }
}
