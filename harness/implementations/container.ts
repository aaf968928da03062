import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Readable } from 'node:stream'
import type { GenericContainer, StartedTestContainer } from 'testcontainers'
import { EnvironmentError, HarnessError, messageOf, UsageError } from '../errors/errors.ts'
import { createSystemNetwork } from '../network/system.ts'
import type { PppProfile } from '../ppp/profile.ts'
import { addressNumber, dottedAddress } from '../protocol/ip.ts'
import type { TimerProfile } from '../scenario/profile.ts'
import { registerEngine, removeContainer, removeLeftovers, stopping, trackCreation } from './cleanup.ts'
import { createContainerDialler } from './container-dial.ts'
import type { Engine } from './engine.ts'
import { type Image, prepareImage } from './images.ts'
import type { Implementation, Provenance, Replica, StartOptions } from './implementation.ts'
import { createLogBuffer, type LogBuffer } from './log-buffer.ts'
import { type ContainerFolder, claimsOf, type Manifest } from './manifest.ts'
import { currentRun, runLabels } from './run-identity.ts'
import { type NetworkShare, type RunNetworkOptions, shareRunNetwork } from './run-network.ts'
import type { ContainedTester } from './tester-container.ts'
import type { TesterPlace } from './tester-place.ts'
import { createTurnstile, type Turnstile } from './turnstile.ts'
import { within } from './within.ts'

/** How long a container may take to become ready when its manifest does not say, in ms. */
const READY_LIMIT = 60_000
/** How long a version query may take, in ms, and how much of its answer is kept, in characters. */
const VERSION_LIMIT = 10_000
const VERSION_LENGTH = 100
/** How long the command of a PPP profile may take, in ms. */
const PROFILE_LIMIT = 10_000

/** How long to wait for the log to say that connections are over, in ms. Late is better than never: the next case goes on. */
const SETTLE_LIMIT = 1_500

export interface ContainerOptions {
  /** Packages may be installed on this machine where that helps to build images. */
  readonly provision?: boolean | undefined
  /** Where the tester is to be; chosen by what this machine can do unless given. */
  readonly tester?: TesterPlace | undefined
}

/** An implementation that runs in containers, one per replica. */
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
            source,
            engine,
            image,
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

/** Before the first start on an engine: what killed runs left behind there must not disturb this one. */
function sweepOnce(engine: Engine, progress: (message: string) => void): Promise<unknown> {
  const sweep =
    swept.get(engine.host) ??
    removeLeftovers(engine).then(
      (count) => {
        if (count > 0) progress(`removed ${count} containers and networks that an earlier run left behind`)
      },
      // They cost memory, not correctness: this run has names and a network of its own.
      (error: unknown) => progress(`could not remove what an earlier run left behind: ${messageOf(error)}`),
    )
  swept.set(engine.host, sweep)
  return sweep
}

interface ReplicaPlan {
  readonly source: ContainerFolder
  readonly engine: Engine
  readonly image: Image
  readonly speed: number
  readonly environment: Readonly<Record<string, string>>
  readonly network: RunNetworkOptions
  /** Says what is wrong with the manifest, while replicas are at work; heard once. */
  readonly complain: (complaint: string) => void
}

/** How many containers this process has named. */
let containers = 0

async function startReplica(plan: ReplicaPlan): Promise<Replica> {
  const { engine, image } = plan
  const { manifest } = plan.source
  const share = await shareRunNetwork(engine, manifest.name, plan.network)
  const over =
    manifest.log === undefined
      ? undefined
      : createTurnstile(new RegExp(manifest.log.connectionOver), () =>
          plan.complain(
            `${manifest.name}: no log line has matched log.connectionOver yet, so each connection waits ${SETTLE_LIMIT / 1000} s for one; see the .log files`,
          ),
        )
  const log = createLogBuffer(() => performance.timeOrigin + performance.now(), over?.pass)
  containers += 1
  const name = `pptpspec-${currentRun().run}-${manifest.name}-${containers}`
  try {
    const container = await describeContainer(plan, share, name)
    const [started, tester] = await Promise.all([
      startContainer(
        container.withLogConsumer((stream) => follow(stream, log)),
        manifest,
        log,
      ),
      share.tester(),
    ])
    const address = started.getIpAddress(share.name)
    if (tester === undefined) requireReachable(address, engine)
    const provenance: Provenance = {
      implementation: manifest.name,
      versions: await queryVersions(started, manifest, image),
      image: image.id,
      engine: `${engine.name} ${engine.version}`,
    }
    const configure = configurer(started, manifest)
    const id = started.getId()
    return createReplica({ plan, share, tester, log, over, id, address, provenance, configure })
  } catch (error) {
    // By name: a container that could be created but not started has told nobody its id.
    await removeContainer(engine.docker, name).catch(() => {})
    await share.release().catch(() => {})
    throw error
  }
}

function createReplica(parts: {
  readonly plan: ReplicaPlan
  readonly share: NetworkShare
  readonly tester: ContainedTester | undefined
  readonly log: LogBuffer
  readonly over: Turnstile | undefined
  readonly id: string
  readonly address: string
  readonly provenance: Provenance
  readonly configure: Replica['configure']
}): Replica {
  const { plan, share, tester, log, over, id } = parts
  const { docker } = plan.engine
  const { manifest } = plan.source
  const timers: TimerProfile = { ...manifest.timers, speed: plan.speed }
  const dial = createContainerDialler({ docker, id, manifest })
  let death: string | undefined
  let stopped: Promise<void> | undefined
  docker
    .getContainer(id)
    .wait()
    .then(
      (end: unknown) => {
        death ??= `container exited with status ${statusIn(end)}`
      },
      (error: unknown) => {
        death ??= `lost sight of the container: ${messageOf(error)}`
      },
    )

  const stop = async (): Promise<void> => {
    death ??= 'stopped'
    await removeContainer(docker, id)
    await share.release()
  }
  return {
    address: parts.address,
    ...(tester === undefined ? fromHere(parts.address) : fromContainer(tester, share)),
    provenance: parts.provenance,
    timers,
    accounts: manifest.ppp,
    ...(parts.configure === undefined ? {} : { configure: parts.configure }),
    ...(dial === undefined ? {} : { dial }),
    ...(over === undefined ? {} : { settled: (connections) => over.reaches(connections, SETTLE_LIMIT) }),
    takeLog() {
      over?.reset()
      return log.take()
    },
    death: () => death,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

type Reach = Pick<Replica, 'testerAddresses' | 'unusedAddress' | 'openNetwork' | 'play'>

/** How this process reaches a replica by sockets of its own. */
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

/** The container as data: nothing is created yet. */
async function describeContainer(
  plan: ReplicaPlan,
  share: NetworkShare,
  name: string,
): Promise<GenericContainer> {
  if (stopping.aborted) throw new EnvironmentError('the run is being stopped')
  const { manifest } = plan.source
  const { GenericContainer, Wait } = await loadTestcontainers(plan.engine)
  const container = new GenericContainer(plan.image.tag)
    .withName(name)
    // Dots would make it a domain name, of which programs log the first part only.
    .withHostname(manifest.name.replaceAll('.', '-'))
    .withLabels(runLabels(currentRun()))
    .withNetworkMode(share.name)
    .withEnvironment({
      ...manifest.start?.env,
      ...plan.environment,
      ...(plan.speed === 1 ? {} : { PPTPSPEC_SPEED: String(plan.speed) }),
    })
    .withAddedCapabilities(...(manifest.needs?.capabilities ?? []))
    .withWaitStrategy(Wait.forLogMessage(new RegExp(manifest.ready.log)))
    .withStartupTimeout(manifest.ready.within ?? READY_LIMIT)
  const size = manifest.needs?.executableTmp
  if (size !== undefined) container.withTmpFs({ '/tmp': `rw,exec,size=${size}` })
  if (manifest.start?.command) container.withCommand([...manifest.start.command])
  return container
}

type Testcontainers = typeof import('testcontainers')
let loaded: { readonly host: string; readonly binding: Promise<Testcontainers> } | undefined

/**
 * testcontainers looks for an engine through the environment, once per process; this makes it find ours.
 * @throws EnvironmentError for a second engine in one process, which it would silently not use.
 */
function loadTestcontainers(engine: Engine): Promise<Testcontainers> {
  loaded ??= { host: engine.host, binding: bindTestcontainers(engine) }
  if (loaded.host === engine.host) return loaded.binding
  throw new EnvironmentError(
    `this process already starts containers on ${loaded.host}, it cannot use ${engine.host} too`,
    'Use one run per engine, and merge their results.',
  )
}

async function bindTestcontainers(engine: Engine): Promise<Testcontainers> {
  // Its reaper is an image of its own, which cannot be had everywhere; cleanup.ts does that work.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  // Its search for the host's address can start a container of an image that must be pulled; we never use that address.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= '127.0.0.1'
  const before = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = engine.api
  try {
    const binding = await import('testcontainers')
    await binding.getContainerRuntimeClient()
    return binding
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = before
  }
}

async function startContainer(
  container: GenericContainer,
  manifest: Manifest,
  log: LogBuffer,
): Promise<StartedTestContainer> {
  try {
    return await container.start()
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    if (stopping.aborted)
      throw new EnvironmentError(`${manifest.name}: the run was stopped`, undefined, { cause })
    const limit = (manifest.ready.within ?? READY_LIMIT) / 1000
    const reason = messageOf(cause)
    const what = reason.includes('Log stream ended')
      ? 'ended before it was ready'
      : reason.includes('not received after')
        ? `was not ready within ${limit} s`
        : `could not be started: ${reason}`
    const tail = log.tail().map((line) => `  ${line}`)
    throw new EnvironmentError(
      [`${manifest.name} ${what}`, ...(tail.length > 0 ? ['the end of its log:', ...tail] : [])].join('\n'),
      what.startsWith('could not')
        ? 'See start and needs in its manifest, and the ENTRYPOINT of its Dockerfile.'
        : `ready.log in its manifest waits for a line that matches ${manifest.ready.log}; needs.capabilities: ${manifest.needs?.capabilities?.join(', ') || 'none'}.`,
      { cause },
    )
  }
}

function follow(stream: Readable, log: LogBuffer): void {
  stream.setEncoding('utf8')
  stream.on('data', (piece: string) => log.push(piece))
  stream.on('end', () => log.end())
  // The container is gone, or the engine is: `death` tells.
  stream.on('error', () => log.end())
}

function ownInterfaces() {
  return Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
}

/**
 * Scenarios talk to the container's own address on the bridge, so this machine must be on that bridge.
 * @throws EnvironmentError for engines elsewhere: on another machine, in another network namespace, rootless.
 */
function requireReachable(address: string, engine: Engine): void {
  if (isOnLink(address, ownInterfaces())) return
  throw new EnvironmentError(
    `this machine has no direct way to the container's address ${address || '(none)'} (engine at ${engine.host})`,
    'Run pptpspec on the engine’s own machine; rootless engines keep containers out of reach, use one that runs as root.',
  )
}

/**
 * This machine's addresses from which a container can be reached, the one on its own bridge first. To the others the container answers by way
 * of its gateway, which is this machine too.
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
 * The last address of the bridge's subnet: engines hand addresses out from the first one on, and this network has only the containers of one run.
 * Undefined where we are on no bridge with the container, or the subnet is too small to be sure.
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

/** Whether an IPv4 address lies in the subnet of one of these interfaces (of which loopback does not count). */
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

/** As 32 bits with a sign, for masks; undefined for what is no address. */
function toNumber(address: string): number | undefined {
  return isIPv4(address) ? addressNumber(address) | 0 : undefined
}

const versionsByImage = new Map<string, Promise<Readonly<Record<string, string>>>>()

/** Asks the first container of each image; its answers hold for all others. */
function queryVersions(
  container: StartedTestContainer,
  manifest: Manifest,
  image: Image,
): Promise<Readonly<Record<string, string>>> {
  const known = versionsByImage.get(image.id)
  if (known) return known
  const asked = Promise.all(
    Object.entries(manifest.versions ?? {}).map(
      async ([component, command]) => [component, await queryVersion(container, command)] as const,
    ),
  ).then((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs))
  versionsByImage.set(image.id, asked)
  return asked
}

/** A version is worth recording, not worth failing for. */
async function queryVersion(container: StartedTestContainer, command: readonly string[]): Promise<string> {
  try {
    const { exitCode, stdout } = await execute(container, command, VERSION_LIMIT)
    return exitCode === 0 ? firstLine(stdout) : `unknown (status ${exitCode})`
  } catch (error) {
    return `unknown (${messageOf(error).slice(0, VERSION_LENGTH)})`
  }
}

/** What switches a container from one PPP profile to another; undefined where its manifest has no profiles. */
function configurer(
  container: StartedTestContainer,
  { name, profiles }: Manifest,
): Replica['configure'] | undefined {
  if (profiles === undefined) return undefined
  let current: PppProfile | 'usual' = 'usual'
  return async (wanted) => {
    const profile = profiles[wanted]
    if (wanted === current || profile === undefined) return
    const end = await execute(container, profile.command, PROFILE_LIMIT).catch((error: unknown) => {
      throw new EnvironmentError(`${name}: profiles.${wanted}.command: ${messageOf(error)}`)
    })
    if (end.exitCode !== 0)
      throw new EnvironmentError(
        `${name}: profiles.${wanted}.command ended with status ${end.exitCode}: ${firstLine(end.output)}`,
      )
    current = wanted
  }
}

/** @throws Error when the command cannot be started, or takes longer than `limit` ms. */
function execute(container: StartedTestContainer, command: readonly string[], limit: number) {
  return within(limit, container.exec([...command]), () => new Error('no answer'))
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, VERSION_LENGTH)
}

function statusIn(end: unknown): string {
  return typeof end === 'object' && end !== null && 'StatusCode' in end ? String(end.StatusCode) : 'unknown'
}
