import { PassThrough } from 'node:stream'
import { EnvironmentError, messageOf } from '../errors/errors.ts'
import { removeContainer, stopping, trackCreation } from '../implementations/cleanup.ts'
import type { Engine } from '../implementations/engine.ts'
import type { Image } from '../implementations/images.ts'
import { currentRun, runLabels } from '../implementations/run-identity.ts'
import { within } from '../implementations/within.ts'
import { dottedAddress } from '../protocol/ip.ts'
import { createPcapStream, type PcapStream } from './pcap-stream.ts'

/** Captures the packets of one interface of a container, from outside of that container. */
export interface Watcher {
  /** Its hop: `client`, `inner`. */
  readonly hop: string
  /**
   * Resolves when the capture holds all packets so far. That also shows that the capture works.
   * @throws EnvironmentError when the capture does not work.
   */
  mark(): Promise<void>
  /** The packets since the last reset, as a pcap file without ARP. */
  capture(): Uint8Array
  /** The frames that the capture had no room for since `missed` was last called: their number. */
  missed(): Promise<number>
  /** Drops the packets so far. */
  reset(): void
  /** Removes its container. */
  stop(): Promise<void>
}

/** A hop, and how to capture there. */
export interface WatchedHop {
  readonly engine: Engine
  /** The image of the middlebox: it has the program that captures. */
  readonly image: Image
  readonly hop: string
  /** Id of the container whose network the watcher shares. */
  readonly container: string
  readonly interfaceName: string
}

/** How long a mark may take to appear in the capture, in ms. */
const MARK_LIMIT = 10_000
/** ms after which a mark that has not appeared is sent again. */
const AGAIN = 300
/** Memory of the container in octets; tcpdump's buffer takes 32 MB. */
const MEMORY = 256 * 1024 * 1024
/** Characters of tcpdump's messages that are kept, the last ones. */
const COMPLAINT = 500

/**
 * Marks are ARP requests for unused addresses: the upper half of the range for benchmarks (RFC
 * 2544).
 */
const FIRST_MARK = 0xc613_0001
const MARKS = 0xfffe
let marks = 0
let watchers = 0

/**
 * Starts a capture, and waits until the first mark shows that everything from now on is captured.
 * @throws EnvironmentError when that fails; the container is removed then.
 */
export async function startWatcher(at: WatchedHop): Promise<Watcher> {
  watchers += 1
  const name = `pptpspec-${currentRun().run}-watch-${watchers}`
  const { docker } = at.engine
  try {
    return await trackCreation(start(at, name))
  } catch (cause) {
    await removeContainer(docker, name).catch(() => {})
    throw new EnvironmentError(`nothing can be captured at ${at.hop}: ${messageOf(cause)}`, undefined, {
      cause,
    })
  }
}

async function start(at: WatchedHop, name: string): Promise<Watcher> {
  if (stopping.aborted) throw new EnvironmentError('the run is being stopped')
  const { engine, image, hop } = at
  const { docker } = engine
  const container = await docker.createContainer({
    name,
    Image: image.id,
    Entrypoint: ['/opt/pptpspec/watch'],
    Cmd: [at.interfaceName],
    Labels: runLabels(currentRun()),
    OpenStdin: true,
    // When this process ends, even by a kill, the container's input ends, and so the container
    // ends.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: {
      NetworkMode: `container:${at.container}`,
      CapDrop: ['ALL'],
      CapAdd: ['NET_RAW'],
      ReadonlyRootfs: true,
      AutoRemove: true,
      Memory: MEMORY,
      LogConfig: { Type: 'none', Config: {} },
    },
  })
  const stream = await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: true,
    hijack: true,
  })
  const awaited = new Map<string, () => void>()
  const captured = createPcapStream((address) => awaited.get(address)?.())
  const { broken, counted } = listen(docker, stream, captured)
  await container.start()
  let missedBefore = 0
  const watcher: Watcher = {
    hop,
    async mark() {
      const address = dottedAddress(FIRST_MARK + (marks++ % MARKS))
      const seen = new Promise<void>((resolve) => awaited.set(address, resolve))
      const send = () => void stream.write(`${address}\n`)
      send()
      // The first mark may be sent before the capture works.
      const again = setInterval(send, AGAIN)
      try {
        await within(MARK_LIMIT, Promise.race([seen, broken]), () => noMark(hop))
      } finally {
        clearInterval(again)
        awaited.delete(address)
      }
    },
    async missed() {
      const count = counted()
      stream.write('count\n')
      const all = await within(MARK_LIMIT, Promise.race([count, broken]), () => noMark(hop))
      const missed = all - missedBefore
      missedBefore = all
      return missed
    },
    capture: captured.capture,
    reset: captured.reset,
    async stop() {
      stream.end()
      await removeContainer(docker, name)
    },
  }
  await watcher.mark()
  watcher.reset()
  return watcher
}

function noMark(hop: string): EnvironmentError {
  return new EnvironmentError(
    `the capture at ${hop} does not show a packet that was sent there ${MARK_LIMIT / 1000} s ago`,
    'The machine may be too busy: play with --lanes 1',
  )
}

/** Reads the container's output. `broken` rejects when the output cannot be read further. */
function listen(docker: Engine['docker'], stream: NodeJS.ReadWriteStream, captured: PcapStream) {
  const output = new PassThrough()
  const complaints = new PassThrough()
  docker.modem.demuxStream(stream, output, complaints)
  let complaint = ''
  let tell: (dropped: number) => void = () => {}
  complaints.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString('utf8')).slice(-COMPLAINT)
    const dropped = /(\d+) packets? dropped by kernel\s*$/.exec(complaint)?.[1]
    if (dropped !== undefined) tell(Number(dropped))
  })
  const counted = () =>
    new Promise<number>((resolve) => {
      tell = resolve
    })
  const broken = new Promise<never>((_, reject) => {
    const end = () =>
      reject(new EnvironmentError(`the capture has ended: ${complaint.trim() || 'no reason given'}`))
    output.on('data', (piece: Buffer) => {
      try {
        captured.push(piece)
      } catch (error) {
        reject(error)
      }
    })
    stream.on('end', end)
    stream.on('close', end)
    stream.on('error', reject)
  })
  // The error reaches the caller that waits for a mark.
  broken.catch(() => {})
  return { broken, counted }
}
