import { PassThrough } from 'node:stream'
import type Dockerode from 'dockerode'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import type { Network } from '../network/network.ts'
import { BEGINNING } from '../network/relay/frames.ts'
import { createRelay, type Relay } from '../network/relay/host.ts'
import { systemClock } from '../network/system.ts'
import { removeContainer } from './cleanup.ts'
import type { Engine } from './engine.ts'
import type { Image } from './images.ts'
import { currentRun, runLabels, TESTER_LABEL } from './run-identity.ts'
import { within } from './within.ts'

/** How long a tester's container may take until it is ready, in ms. */
const READY_LIMIT = 60_000
/** How many of the last characters of its error output are reported. */
const COMPLAINT = 400
/** Limit of a container's memory, in octets; Node uses a sixth of it. */
const MEMORY = 1024 * 1024 * 1024
/** Limit of processes and threads in a container; Node has a dozen. */
const PROCESSES = 64

/**
 * A tester whose sockets are in containers on a run's network, one container for each of its
 * addresses.
 */
export interface ContainedTester {
  /** Its addresses, dotted IPv4, the usual one first. */
  readonly addresses: readonly string[]
  /** Returns a network whose sockets are in the containers. The caller closes it. */
  openNetwork(): Network
  /**
   * Runs a body to its end.
   * @throws EnvironmentError when one of the containers is lost before the body has ended.
   */
  whileAlive<T>(body: () => Promise<T>): Promise<T>
  /** Removes the containers. Idempotent. */
  stop(): Promise<void>
}

/**
 * Starts a tester on a network of the engine.
 * @param network name of the network.
 * @param addresses the tester's addresses, dotted IPv4: each gets a container of its own.
 * @throws EnvironmentError when a container does not start; all are removed then.
 */
export async function startTester(
  engine: Engine,
  image: Image,
  network: string,
  addresses: readonly [string, ...string[]],
): Promise<ContainedTester> {
  const started = await Promise.allSettled(
    addresses.map((address) => startHalf(engine, image, network, address)),
  )
  const halves = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failure = started.find((one) => one.status === 'rejected')
  const stop = async (): Promise<void> => {
    await Promise.all(halves.map((half) => half.stop()))
  }
  const [first] = halves
  if (failure !== undefined || first === undefined) {
    await stop().catch(() => {})
    throw failure?.reason
  }
  let stopped: Promise<void> | undefined
  return {
    addresses,
    openNetwork: () => joined(halves, first),
    whileAlive(body) {
      let guarded = body
      for (const { relay } of halves) {
        const inner = guarded
        guarded = () => relay.whileAlive(inner)
      }
      return guarded()
    },
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

/** One container of a tester. */
export interface Half {
  readonly address: string
  readonly relay: Relay
  stop(): Promise<void>
}

/** How many containers of testers this process has named: makes their names unique. */
let named = 0

/**
 * Starts one container of a tester.
 * @param address dotted IPv4; chosen by the engine unless given.
 * @throws EnvironmentError when the container does not start; it is removed then.
 */
export async function startHalf(
  engine: Engine,
  image: Image,
  network: string,
  address?: string,
): Promise<Half> {
  const { docker } = engine
  named += 1
  const name = `pptpspec-${currentRun().run}-tester-${named}`
  try {
    const container = await docker.createContainer({
      name,
      Image: image.id,
      Hostname: 'tester',
      Labels: { ...runLabels(currentRun()), [TESTER_LABEL]: 'true' },
      OpenStdin: true,
      // When this process ends, even by SIGKILL, the container's input ends, and the container too.
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      HostConfig: {
        NetworkMode: network,
        CapDrop: ['ALL'],
        CapAdd: ['NET_RAW'],
        ReadonlyRootfs: true,
        AutoRemove: true,
        Memory: MEMORY,
        PidsLimit: PROCESSES,
        // Its output is frames, not a log.
        LogConfig: { Type: 'none', Config: {} },
      },
      ...(address === undefined
        ? {}
        : {
            NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } } },
          }),
    })
    const attached = container.attach({
      stream: true,
      stdin: true,
      stdout: true,
      stderr: true,
      hijack: true,
    })
    const { relay, close } = relayOver(docker, await withinLimit(attached))
    await container.start()
    await withinLimit(relay.ready)
    return {
      address: address ?? addressIn(await container.inspect(), network),
      relay,
      async stop() {
        close()
        await removeContainer(docker, name)
      },
    }
  } catch (cause) {
    await removeContainer(docker, name).catch(() => {})
    throw new EnvironmentError(
      `the tester's container could not be started: ${messageOf(cause)}`,
      'The container needs no other capability than NET_RAW; see what the engine says of it, or play with --tester here as root',
      { cause },
    )
  }
}

function addressIn(
  found: {
    readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> }
  },
  network: string,
): string {
  const address = found.NetworkSettings.Networks[network]?.IPAddress
  if (address === undefined || address === '')
    throw new EnvironmentError('the engine gave the container no address')
  return address
}

/**
 * Creates a relay over the input and output of a container.
 * @param stream takes the container's input, and returns its output in the engine's frames.
 */
function relayOver(docker: Dockerode, stream: NodeJS.ReadWriteStream) {
  stream.write(BEGINNING)
  const output = new PassThrough()
  const complaints = new PassThrough()
  docker.modem.demuxStream(stream, output, complaints)
  let complaint = ''
  complaints.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString('utf8')).slice(-COMPLAINT)
  })
  let ended: (why: string) => void = () => {}
  const relay = createRelay({
    write: (octets) => void stream.write(octets),
    onOctets: (listener) => void output.on('data', listener),
    onEnd(listener) {
      ended = listener
    },
  })
  const end = () => ended(complaint.trim() === '' ? 'its container has ended' : complaint.trim())
  stream.on('end', end)
  stream.on('close', end)
  stream.on('error', (error: Error) => ended(error.message))
  return {
    relay,
    close() {
      ended('stopped')
      stream.end()
    },
  }
}

function withinLimit<T>(work: Promise<T>): Promise<T> {
  return within(
    READY_LIMIT,
    work,
    () => new EnvironmentError(`the container was not ready within ${READY_LIMIT / 1000} s`),
  )
}

/**
 * Joins the networks of several halves into one. A socket for the address of a half is opened by
 * that half, any other by the first half.
 */
function joined(halves: readonly Half[], first: Half): Network {
  const opened = new Map<Half, Network>()
  const at = (address: string | undefined): Network => {
    const half = halves.find((one) => one.address === address) ?? first
    const network = opened.get(half) ?? half.relay.openNetwork()
    opened.set(half, network)
    return network
  }
  return {
    clock: systemClock,
    connect: (remote, options) => at(options.from).connect(remote, options),
    listen: (local, accept, options) => at(local.address).listen(local, accept, options),
    openGre: (remote, options) => at(options?.from).openGre(remote, options),
    async close() {
      await Promise.all([...opened.values()].map((network) => network.close()))
    },
  }
}
