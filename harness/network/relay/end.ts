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

/** What asks for a socket. `network` is the number of the network through which it is asked for. */
export interface ConnectCommand {
  readonly network: number
  readonly remote: Endpoint
  readonly options: ConnectOptions
}
export interface ListenCommand {
  readonly network: number
  readonly local: Endpoint
  readonly options: ListenOptions
}
export interface GreCommand {
  readonly network: number
  readonly remote: string
  readonly options: { readonly from?: string }
}

/** The half of a tester that holds the sockets. */
export interface RelayEnd {
  /** Takes what the other half has written. @throws RangeError when that is no frame. */
  push(octets: Uint8Array): void
  /**
   * Whether what was written waits to be read. While it does, no connection is read, so that TCP
   * holds back who sends too much.
   */
  crowded(crowded: boolean): void
  /** Closes all sockets. */
  close(): Promise<void>
}

/**
 * Serves networks to another half of the tester, which plays the scenarios.
 * @param openNetwork a fresh network of this machine.
 * @param write takes octets for the other half.
 */
export function serveRelay(openNetwork: () => Network, write: (octets: Uint8Array) => void): RelayEnd {
  const networks = new Map<number, { readonly network: Network; readonly opened: number[] }>()
  const connections = new Map<number, { readonly connection: TcpConnection; paused: boolean }>()
  const listeners = new Map<number, TcpListener>()
  const sockets = new Map<number, GreSocket>()
  /** Numbers that this half gives are odd, those of the other half even. */
  let lastNumber = -1
  let isCrowded = false

  const say = (kind: number, id: number, payload?: Uint8Array) => write(frameOctets(kind, id, payload))

  /** The network of that number, through which something gets the number `id`. */
  const networkFor = (number: number, id: number): Network => {
    const { network, opened } = networks.get(number) ?? { network: openNetwork(), opened: [] }
    opened.push(id)
    networks.set(number, { network, opened })
    return network
  }

  /** The listener comes last: what has happened already is delivered at once. */
  const follow = (id: number, connection: TcpConnection): void => {
    connections.set(id, { connection, paused: false })
    connection.onEvent((event) => {
      if (event.kind === 'data') say(REPORTS.data, id, event.octets)
      else if (event.kind === 'reset') say(REPORTS.reset, id, textOctets(event.detail))
      else say(event.kind === 'end' ? REPORTS.end : REPORTS.closed, id)
      if (event.kind === 'closed') connections.delete(id)
    })
    if (isCrowded) connection.pause(true)
  }

  const connect = async (id: number, { network, remote, options }: ConnectCommand): Promise<void> => {
    const result = await networkFor(network, id).connect(remote, options)
    if (!isConnection(result)) {
      write(jsonFrame(REPORTS.notConnected, id, result))
      return
    }
    write(jsonFrame(REPORTS.opened, id, { local: result.local, remote: result.remote }))
    follow(id, result)
  }

  const listen = async (id: number, { network, local, options }: ListenCommand): Promise<void> => {
    const accept = (connection: TcpConnection): void => {
      lastNumber += 2
      const { local, remote } = connection
      write(jsonFrame(REPORTS.accepted, lastNumber, { listener: id, local, remote }))
      follow(lastNumber, connection)
    }
    const listener = await networkFor(network, id).listen(local, accept, options)
    listeners.set(id, listener)
    write(jsonFrame(REPORTS.opened, id, { local: listener.local }))
  }

  const openGre = async (id: number, { network, remote, options }: GreCommand): Promise<void> => {
    const socket = await networkFor(network, id).openGre(remote, options)
    sockets.set(id, socket)
    write(jsonFrame(REPORTS.opened, id, { local: { address: socket.local, port: 0 } }))
    socket.onPacket((packet) => say(REPORTS.packet, id, packet))
    socket.onError(({ code }) => say(REPORTS.pathError, id, textOctets(code)))
  }

  const tellFailure = (id: number, work: Promise<void>): void => {
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

  const close = (id: number): void => {
    void listeners.get(id)?.close()
    listeners.delete(id)
    sockets.get(id)?.close()
    sockets.delete(id)
  }

  const closeNetwork = async (number: number): Promise<void> => {
    const { network, opened = [] } = networks.get(number) ?? {}
    networks.delete(number)
    for (const id of opened) close(id)
    await network?.close()
    say(REPORTS.networkClosed, number)
  }

  const pause = (id: number, paused: boolean): void => {
    const one = connections.get(id)
    if (one === undefined) return
    one.paused = paused
    one.connection.pause(paused || isCrowded)
  }

  const sendCarried = (id: number, payload: Uint8Array): void => {
    const length = (payload[0] ?? 0) * 256 + (payload[1] ?? 0)
    const carriage = JSON.parse(textOf(payload.subarray(2, 2 + length))) as IpCarriage
    sockets.get(id)?.send(payload.subarray(2 + length), carriage)
  }

  const obey = ({ kind, id, payload }: Frame): void => {
    const asked = <T>(): T => JSON.parse(textOf(payload)) as T
    const { connection } = connections.get(id) ?? {}
    if (kind === COMMANDS.connect) tellFailure(id, connect(id, asked()))
    else if (kind === COMMANDS.listen) tellFailure(id, listen(id, asked()))
    else if (kind === COMMANDS.openGre) tellFailure(id, openGre(id, asked()))
    else if (kind === COMMANDS.send) connection?.send(payload)
    else if (kind === COMMANDS.end) connection?.end()
    else if (kind === COMMANDS.reset) connection?.reset()
    else if (kind === COMMANDS.pause || kind === COMMANDS.resume) pause(id, kind === COMMANDS.pause)
    else if (kind === COMMANDS.packet) sockets.get(id)?.send(payload)
    else if (kind === COMMANDS.carriedPacket) sendCarried(id, payload)
    else if (kind === COMMANDS.close) close(id)
    else if (kind === COMMANDS.closeNetwork) tellFailure(id, closeNetwork(id))
    else throw new RangeError(`a command of kind ${kind}`)
  }

  const reader = createFrameReader(obey)
  return {
    push: reader.push,
    crowded(crowded) {
      if (crowded === isCrowded) return
      isCrowded = crowded
      for (const { connection, paused } of connections.values()) connection.pause(paused || crowded)
    },
    async close() {
      await Promise.all([...networks.values()].map(({ network }) => network.close()))
    },
  }
}
