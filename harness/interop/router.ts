import { PassThrough } from 'node:stream'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { lastLines } from '../implementations/child.ts'
import { removeContainer, stopping, trackCreation } from '../implementations/cleanup.ts'
import { type StartCommand, throughAttendant, throughEngine } from '../implementations/commands.ts'
import type { Engine } from '../implementations/engine.ts'
import type { Image } from '../implementations/images.ts'
import { firstLine } from '../implementations/placed.ts'
import { currentRun, runLabels } from '../implementations/run-identity.ts'
import { within } from '../implementations/within.ts'
import type { MiddleboxManifest } from './middlebox/manifest.ts'

/** A router between the inner network, that of the clients, and the outer one, of the server. */
export interface Router {
  /** Id of its container. */
  readonly id: string
  /** Its address on the network of the clients: dotted IPv4. */
  readonly inside: string
  /**
   * Runs a command of `containers/linux-nat/route` on it.
   * @throws EnvironmentError when the command fails.
   */
  route(words: readonly string[]): Promise<unknown>
  /** The versions that it reports of its components. */
  readonly versions: Readonly<Record<string, string>>
  /** The reason why it no longer runs; undefined while it runs. */
  death(): string | undefined
  /** The names of its container's interfaces. */
  readonly interfaces: { readonly inner: string; readonly outer: string }
  stop(): Promise<void>
}

/** A network whose first address, the default gateway, is left to the router. */
export interface RoutedNetwork {
  readonly id: string
  readonly name: string
}

/** The parts that a router is started from. */
export interface RouterPlan {
  readonly engine: Engine
  readonly manifest: MiddleboxManifest
  readonly image: Image
  readonly inner: RoutedNetwork
  readonly outer: RoutedNetwork
}

/**
 * ms that the start may take unless its manifest says otherwise, and ms that a command may take.
 */
const READY_LIMIT = 60_000
const COMMAND_LIMIT = 15_000
/** Characters of a failed command's output that its error shows at most. */
const COMPLAINT = 300
let routers = 0

/**
 * Starts a router.
 * @throws EnvironmentError when it does not start; its container is removed then.
 */
export async function startRouter(plan: RouterPlan): Promise<Router> {
  routers += 1
  const name = `pptpspec-${currentRun().run}-router-${routers}`
  const { docker } = plan.engine
  try {
    return await trackCreation(start(plan, name))
  } catch (cause) {
    await removeContainer(docker, name).catch(() => {})
    throw new EnvironmentError(
      `the router could not be started: ${messageOf(cause)}`,
      'The router needs NET_ADMIN and NET_RAW, and an engine that leaves it the first address of a network: Docker does',
      { cause },
    )
  }
}

async function start(plan: RouterPlan, name: string): Promise<Router> {
  const { engine, manifest, image, inner, outer } = plan
  if (stopping.aborted) throw new EnvironmentError('the run is being stopped')
  const { docker } = engine
  const container = await docker.createContainer({
    name,
    Image: image.id,
    Labels: runLabels(currentRun()),
    HostConfig: {
      NetworkMode: inner.name,
      CapAdd: ['NET_ADMIN', 'NET_RAW'],
      Tmpfs: { '/tmp': 'rw,exec,size=512m' },
    },
  })
  await docker.getNetwork(outer.id).connect({ Container: container.id })
  await container.start()
  await ready(docker, container.id, manifest.ready)
  const { NetworkSettings } = await container.inspect()
  const inside = endpointOf(NetworkSettings, inner.name)
  const outside = endpointOf(NetworkSettings, outer.name)
  const engineStarts = throughEngine(docker, container.id)
  const { attendant } = manifest
  const command = attendant === undefined ? engineStarts : throughAttendant(docker, container.id, attendant)
  const route = async (words: readonly string[]): Promise<readonly string[]> => {
    const { ended } = await command([...manifest.route, ...words])
    const late = () =>
      new EnvironmentError(
        `the router did not end "route ${words.join(' ')}" within ${COMMAND_LIMIT / 1_000} s`,
      )
    const { status, output } = await within(COMMAND_LIMIT, ended, late)
    if (status !== 0)
      throw new EnvironmentError(
        `the router failed at "route ${words.join(' ')}": ${lastLines(output, 2).slice(-COMPLAINT)}`,
      )
    return lastLines(output, 1).trim().split(' ')
  }
  // Each interface of the guest is the one of its container with the same number.
  const [innerName = '', outerName = ''] = await route([
    'up',
    inside.mac,
    inside.gateway,
    outside.mac,
    outside.gateway,
  ])
  const outward = (name: string) => name.replace(/^vec/, 'eth')
  let death: string | undefined
  void container.wait().then(
    () => {
      death ??= `${manifest.name}: its container has ended`
    },
    () => {},
  )
  return {
    versions: await versionsOf(manifest, engineStarts),
    death: () => death,
    id: container.id,
    inside: inside.gateway.replace(/\/.*/, ''),
    route,
    interfaces: { inner: outward(innerName), outer: outward(outerName) },
    async stop() {
      death ??= 'stopped'
      await removeContainer(docker, container.id)
    },
  }
}

/** Asks for the versions of the components; those that cannot be had are reported as unknown. */
async function versionsOf(
  { versions = {} }: MiddleboxManifest,
  start: StartCommand,
): Promise<Readonly<Record<string, string>>> {
  const asked = Object.entries(versions).map(async ([component, words]) => {
    try {
      const { ended } = await start(words)
      const { status, output } = await within(COMMAND_LIMIT, ended, () => new Error('no answer'))
      return [component, status === 0 ? firstLine(output) : `unknown (status ${status})`] as const
    } catch (error) {
      return [component, `unknown (${messageOf(error).slice(0, COMPLAINT)})`] as const
    }
  })
  return Object.fromEntries(await Promise.all(asked))
}

interface Endpoint {
  readonly mac: string
  /** The first address of its network, with the length of the prefix: the router's. */
  readonly gateway: string
}

function endpointOf(
  settings: {
    readonly Networks: Readonly<Record<string, { MacAddress: string; Gateway: string; IPPrefixLen: number }>>
  },
  network: string,
): Endpoint {
  const found = settings.Networks[network]
  if (found === undefined || found.Gateway === '')
    throw new EnvironmentError(`the engine gives the network ${network} no gateway`)
  return { mac: found.MacAddress, gateway: `${found.Gateway}/${found.IPPrefixLen}` }
}

async function ready(
  docker: Engine['docker'],
  id: string,
  { log, within: limit = READY_LIMIT }: MiddleboxManifest['ready'],
): Promise<void> {
  const wanted = new RegExp(log, 'm')
  const stream = await docker.getContainer(id).logs({ follow: true, stdout: true, stderr: true })
  const output = new PassThrough()
  docker.modem.demuxStream(stream, output, output)
  let said = ''
  const line = new Promise<void>((resolve, reject) => {
    output.on('data', (piece: Buffer) => {
      said = (said + piece.toString('utf8')).slice(-4_000)
      if (wanted.test(said)) resolve()
    })
    stream.on('end', () => reject(new Error(`it has ended: ${lastLines(said, 4).slice(-COMPLAINT)}`)))
    stream.on('error', reject)
  })
  line.catch(() => {})
  try {
    await within(limit, line, () => new Error(`it was not ready within ${limit / 1_000} s`))
  } finally {
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
  }
}
