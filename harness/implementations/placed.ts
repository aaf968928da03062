import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { GenericContainer, StartedTestContainer } from 'testcontainers'
import { EnvironmentError, HarnessError, messageOf } from '../errors/errors.ts'
import { removeContainer, stopping } from './cleanup.ts'
import type { Engine } from './engine.ts'
import type { Image } from './images.ts'
import type { Provenance } from './implementation.ts'
import type { LogBuffer } from './log-buffer.ts'
import type { Manifest } from './manifest.ts'
import { currentRun, runLabels } from './run-identity.ts'
import { within } from './within.ts'

/** How long a container may take to become ready, in ms, unless its manifest has `ready.within`. */
const READY_LIMIT = 60_000
/** How long a version query may take, in ms, and how many characters of its answer are kept. */
const VERSION_LIMIT = 10_000
const VERSION_LENGTH = 100

/** Everything needed to start a container of an implementation. */
export interface ContainerPlan {
  readonly engine: Engine
  readonly image: Image
  readonly manifest: Manifest
  /** How many times faster than real time its clock runs. */
  readonly speed: number
  /** Environment variables in addition to those of the manifest. */
  readonly environment: Readonly<Record<string, string>>
}

/** A container of an implementation that has become ready. */
export interface PlacedContainer {
  readonly id: string
  /** Its address on the network that it was started on: dotted IPv4. */
  readonly address: string
  readonly provenance: Provenance
  /** Returns why the container no longer runs; undefined while it runs. */
  death(): string | undefined
  /**
   * Runs a command in the container.
   * @throws Error when the command cannot be started, or takes longer than `limit` ms.
   */
  execute(command: readonly string[], limit: number): ReturnType<StartedTestContainer['exec']>
  /** Freezes all its processes (true), or lets them go on (false). Frozen, it sends nothing. */
  freeze(frozen: boolean): Promise<void>
  /** Removes the container. `death` then returns `stopped`. */
  remove(): Promise<void>
}

/** How many containers this process has named: makes their names unique. */
let containers = 0

/**
 * Starts a container of an implementation on a network of the engine, and waits until it is ready.
 * @param network name of the network.
 * @param log gets the container's output, from the first line on.
 * @param beside other work, called at the same time and awaited. If it fails, the container is
 * removed.
 * @throws EnvironmentError when the container does not start; it is removed then.
 */
export async function placeContainer<T>(
  plan: ContainerPlan,
  network: string,
  log: LogBuffer,
  beside: () => Promise<T>,
): Promise<PlacedContainer & { readonly beside: T }> {
  const { engine, image, manifest } = plan
  const { docker } = engine
  containers += 1
  const name = `pptpspec-${currentRun().run}-${manifest.name}-${containers}`
  try {
    const container = await describeContainer(plan, network, name)
    const [started, other] = await Promise.all([
      startContainer(
        container.withLogConsumer((stream) => follow(stream, log)),
        manifest,
        log,
      ),
      beside(),
    ])
    const id = started.getId()
    const provenance: Provenance = {
      implementation: manifest.name,
      versions: await queryVersions(started, manifest, image),
      image: image.id,
      engine: `${engine.name} ${engine.version}`,
    }
    let death: string | undefined
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
    return {
      id,
      address: started.getIpAddress(network),
      provenance,
      beside: other,
      death: () => death,
      execute: (command, limit) => execute(started, command, limit),
      freeze: (frozen) => freeze(docker.getContainer(id), frozen),
      async remove() {
        death ??= 'stopped'
        await removeContainer(docker, id)
      },
    }
  } catch (error) {
    // By name: the id of a container that was created but not started is unknown.
    await removeContainer(docker, name).catch(() => {})
    throw error
  }
}

/** How many attempts are made to freeze a container, and ms between two of them. */
const FREEZE_ATTEMPTS = 10
const FREEZE_AGAIN = 100

/**
 * Freezes a container or lets it go on. Retries, because the kernel sometimes refuses to freeze
 * traced processes, and those of a User-Mode Linux guest are always traced.
 */
async function freeze(
  container: { pause(): Promise<unknown>; unpause(): Promise<unknown> },
  frozen: boolean,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await (frozen ? container.pause() : container.unpause())
      return
    } catch (error) {
      if (attempt === FREEZE_ATTEMPTS) throw error
      await setTimeout(FREEZE_AGAIN)
    }
  }
}

/** Describes the container as data; creates nothing. */
async function describeContainer(
  plan: ContainerPlan,
  network: string,
  name: string,
): Promise<GenericContainer> {
  if (stopping.aborted) throw new EnvironmentError('the run is being stopped')
  const { manifest } = plan
  const { GenericContainer, Wait } = await loadTestcontainers(plan.engine)
  const container = new GenericContainer(plan.image.tag)
    .withName(name)
    // Dots are replaced, because programs log only the part of a host name before the first dot.
    .withHostname(manifest.name.replaceAll('.', '-'))
    .withLabels(runLabels(currentRun()))
    .withNetworkMode(network)
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
 * Loads testcontainers for the chosen engine, which it finds through the environment, once per
 * process.
 * @throws EnvironmentError for a second engine in one process: testcontainers would silently use
 * the first one.
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
  // Its clean-up program is an image that is not available everywhere; cleanup.ts does that work.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  // Without this, a search for the host's address may start a container from an image that must be
  // pulled. The address is never used.
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
  // The container or the engine has ended, which `death` reports.
  stream.on('error', () => log.end())
}

const versionsByImage = new Map<string, Promise<Readonly<Record<string, string>>>>()

/** Returns the versions in an image; only its first container is asked for them. */
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

/** Queries one version. Returns "unknown" with the reason when the query fails. */
async function queryVersion(container: StartedTestContainer, command: readonly string[]): Promise<string> {
  try {
    const { exitCode, stdout } = await execute(container, command, VERSION_LIMIT)
    return exitCode === 0 ? firstLine(stdout) : `unknown (status ${exitCode})`
  } catch (error) {
    return `unknown (${messageOf(error).slice(0, VERSION_LENGTH)})`
  }
}

/** Runs a command. @throws Error when it cannot be started, or takes longer than `limit` ms. */
function execute(container: StartedTestContainer, command: readonly string[], limit: number) {
  return within(limit, container.exec([...command]), () => new Error('no answer'))
}

/** Returns the first line of a command's output, at most `VERSION_LENGTH` characters. */
export function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, VERSION_LENGTH)
}

function statusIn(end: unknown): string {
  return typeof end === 'object' && end !== null && 'StatusCode' in end ? String(end.StatusCode) : 'unknown'
}
