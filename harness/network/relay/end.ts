import { HarnessError, messageOf, UsageError } from '../../errors/errors.ts'
import {
  type ConnectOptions,
  type Endpoint,
  type GreSocket,
  type IpCarriage,
  isConnection,
  type ListenOptions,
  type Network,
  type TcpConnection,
  type TcpListener,
} from '../network.ts'
import {
  COMMANDS,
  createFrameReader,
  type Frame,
  frameOctets,
  jsonFrame,
  REPORTS,
  textOctets,
  textOf,
} from './frames.ts'

/** Asks for a connection. `network` is the number of the network that is to open it. */
export interface ConnectCommand {
  readonly network: number
  readonly remote: Endpoint
  readonly options: ConnectOptions
}
/** Asks for a listener. */
export interface ListenCommand {
  readonly network: number
  readonly local: Endpoint
  readonly options: ListenOptions
}
/** Asks for a GRE socket. */
export interface GreCommand {
  readonly network: number
  readonly remote: string
  readonly options: { readonly from?: string }
}

/** The half of a tester that holds the sockets. */
export interface RelayEnd {
  /** Takes octets from the other half. @throws RangeError when they are not valid frames. */
  push(octets: Uint8Array): void
  /**
   * Says whether too many octets wait for the other half. While they do, no connection is read, so
   * that TCP's windows stop the peers.
   */
  crowded(crowded: boolean): void
  /** Closes all sockets. */
  close(): Promise<void>
}

/** The sockets that one half of a tester holds for the other, each by its number in the frames. */
interface Served {
  readonly openNetwork: () => Network
  readonly write: (octets: Uint8Array) => void
  /** Each network, and the numbers of the sockets opened through it. */
  readonly networks: Map<number, { readonly network: Network; readonly opened: number[] }>
  /** `paused`: whether the other half has asked for a pause. */
  readonly connections: Map<number, { readonly connection: TcpConnection; paused: boolean }>
  readonly listeners: Map<number, TcpListener>
  readonly sockets: Map<number, GreSocket>
  /** The last number that this half gave. Its numbers are odd, those of the other half even. */
  lastNumber: number
  isCrowded: boolean
}

/**
 * Serves networks of this machine to the other half of the tester, which plays the scenarios.
 * @param openNetwork creates a new network of this machine.
 * @param write takes octets for the other half.
 */
export function serveRelay(openNetwork: () => Network, write: (octets: Uint8Array) => void): RelayEnd {
  const served: Served = {
    openNetwork,
    write,
    networks: new Map(),
    connections: new Map(),
    listeners: new Map(),
    sockets: new Map(),
    lastNumber: -1,
    isCrowded: false,
  }
  const reader = createFrameReader((frame) => obey(served, frame))
  return {
    push: reader.push,
    crowded(crowded) {
      if (crowded === served.isCrowded) return
      served.isCrowded = crowded
      for (const { connection, paused } of served.connections.values()) connection.pause(paused || crowded)
    },
    async close() {
      await Promise.all([...served.networks.values()].map(({ network }) => network.close()))
    },
  }
}

/** Carries out a command. @throws RangeError when its kind is unknown. */
function obey(served: Served, { kind, id, payload }: Frame): void {
  const asked = <T>(): T => JSON.parse(textOf(payload)) as T
  const { connection } = served.connections.get(id) ?? {}
  if (kind === COMMANDS.connect) tellFailure(served, id, connect(served, id, asked()))
  else if (kind === COMMANDS.listen) tellFailure(served, id, listen(served, id, asked()))
  else if (kind === COMMANDS.openGre) tellFailure(served, id, openGre(served, id, asked()))
  else if (kind === COMMANDS.send) connection?.send(payload)
  else if (kind === COMMANDS.end) connection?.end()
  else if (kind === COMMANDS.reset) connection?.reset()
  else if (kind === COMMANDS.pause || kind === COMMANDS.resume) pause(served, id, kind === COMMANDS.pause)
  else if (kind === COMMANDS.packet) served.sockets.get(id)?.send(payload)
  else if (kind === COMMANDS.carriedPacket) sendCarried(served, id, payload)
  else if (kind === COMMANDS.close) close(served, id)
  else if (kind === COMMANDS.closeNetwork) tellFailure(served, id, closeNetwork(served, id))
  else throw new RangeError(`a command of kind ${kind}`)
}

function say({ write }: Served, kind: number, id: number, payload?: Uint8Array): void {
  write(frameOctets(kind, id, payload))
}

function tellFailure({ write }: Served, id: number, work: Promise<void>): void {
  work.catch((error: unknown) =>
    write(
      jsonFrame(REPORTS.failed, id, {
        usage: error instanceof UsageError,
        message: messageOf(error),
        remedy: error instanceof HarnessError ? error.remedy : undefined,
      }),
    ),
  )
}

/** Returns network `number`, created on first use, and notes that it opens socket `id`. */
function networkFor({ networks, openNetwork }: Served, number: number, id: number): Network {
  const { network, opened } = networks.get(number) ?? { network: openNetwork(), opened: [] }
  opened.push(id)
  networks.set(number, { network, opened })
  return network
}

async function connect(served: Served, id: number, command: ConnectCommand): Promise<void> {
  const { network, remote, options } = command
  const result = await networkFor(served, network, id).connect(remote, options)
  if (!isConnection(result)) {
    served.write(jsonFrame(REPORTS.notConnected, id, result))
    return
  }
  served.write(jsonFrame(REPORTS.opened, id, { local: result.local, remote: result.remote }))
  follow(served, id, result)
}

async function listen(served: Served, id: number, command: ListenCommand): Promise<void> {
  const { network, local, options } = command
  const accept = (connection: TcpConnection): void => {
    served.lastNumber += 2
    const { local, remote } = connection
    served.write(jsonFrame(REPORTS.accepted, served.lastNumber, { listener: id, local, remote }))
    follow(served, served.lastNumber, connection)
  }
  const listener = await networkFor(served, network, id).listen(local, accept, options)
  served.listeners.set(id, listener)
  served.write(jsonFrame(REPORTS.opened, id, { local: listener.local }))
}

/**
 * Reports the events of a connection. Called after the frame that announces the connection, because
 * kept events are delivered at once.
 */
function follow(served: Served, id: number, connection: TcpConnection): void {
  served.connections.set(id, { connection, paused: false })
  connection.onEvent((event) => {
    if (event.kind === 'data') say(served, REPORTS.data, id, event.octets)
    else if (event.kind === 'reset') say(served, REPORTS.reset, id, textOctets(event.detail))
    else say(served, event.kind === 'end' ? REPORTS.end : REPORTS.closed, id)
    if (event.kind === 'closed') served.connections.delete(id)
  })
  if (served.isCrowded) connection.pause(true)
}

function pause({ connections, isCrowded }: Served, id: number, paused: boolean): void {
  const one = connections.get(id)
  if (one === undefined) return
  one.paused = paused
  one.connection.pause(paused || isCrowded)
}

async function openGre(served: Served, id: number, command: GreCommand): Promise<void> {
  const { network, remote, options } = command
  const socket = await networkFor(served, network, id).openGre(remote, options)
  served.sockets.set(id, socket)
  served.write(jsonFrame(REPORTS.opened, id, { local: { address: socket.local, port: 0 } }))
  socket.onPacket((packet) => say(served, REPORTS.packet, id, packet))
  socket.onError(({ code }) => say(served, REPORTS.pathError, id, textOctets(code)))
}

function sendCarried({ sockets }: Served, id: number, payload: Uint8Array): void {
  const length = (payload[0] ?? 0) * 256 + (payload[1] ?? 0)
  const carriage = JSON.parse(textOf(payload.subarray(2, 2 + length))) as IpCarriage
  sockets.get(id)?.send(payload.subarray(2 + length), carriage)
}

/** Closes the listener or GRE socket with this number. */
function close({ listeners, sockets }: Served, id: number): void {
  void listeners.get(id)?.close()
  listeners.delete(id)
  sockets.get(id)?.close()
  sockets.delete(id)
}

async function closeNetwork(served: Served, number: number): Promise<void> {
  const { network, opened = [] } = served.networks.get(number) ?? {}
  served.networks.delete(number)
  for (const id of opened) close(served, id)
  await network?.close()
  say(served, REPORTS.networkClosed, number)
}
