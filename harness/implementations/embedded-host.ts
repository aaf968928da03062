import { messageOf } from '../errors/errors.ts'
import {
  type GreSocket,
  isConnection,
  type Network,
  type TcpConnection,
  type Timer,
} from '../network/network.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import type {
  CallWishes,
  Command,
  ConnectionId,
  ReferenceAction,
  ReferenceEvent,
} from '../reference/events.ts'
import type { Machine } from '../reference/machine.ts'

export interface HostOptions {
  /** Where it listens: dotted IPv4. */
  readonly address: string
  /** 1723 unless given. */
  readonly port?: number
  /**
   * Addresses to hear GRE from even without a control connection; those with one are always heard.
   */
  readonly hears?: readonly string[]
  readonly log?: (text: string) => void
  /** Hears what becomes of PPP in its calls, and of each datagram that comes. */
  readonly onLink?: (action: LinkNews) => void
}

/** What a machine says of PPP in a call. */
export type LinkNews = Extract<ReferenceAction, { readonly kind: 'link-up' | 'link-down' | 'datagram' }>

/** A reference peer at work. */
export interface HostedMachine {
  command(command: Command): void
  /** Opens a control connection to that address, port 1723, and places a call. */
  dial(address: string, call: CallWishes): HostedDial
  /** How many TCP connections it has. */
  connections(): number
  /** Resolves when it has none. */
  idle(): Promise<void>
  /** Stops listening, resets its connections, forgets its timers. The network stays open. */
  close(): Promise<void>
}

/** A control connection that the machine was told to open. */
export interface HostedDial {
  /** Resolves when there is none, or no longer; says why. */
  readonly ended: Promise<string>
  hangUp(): void
  /** Resets the connection. */
  stop(): void
}

/** Packets that wait for a GRE socket to open, per address. */
const GRE_BACKLOG = 64
/** ms until an attempt to open a connection counts as failed. */
const CONNECT_TIME_OUT = 10_000

/**
 * Lets a pure machine live on a network, simulated or real: events in, actions out, nothing else.
 * @throws EnvironmentError when the address cannot be bound.
 */
export async function hostMachine(
  network: Network,
  machine: Machine,
  { address, port = PPTP_PORT, hears = [], log = () => {}, onLink = () => {} }: HostOptions,
): Promise<HostedMachine> {
  const connections = new Map<ConnectionId, TcpConnection>()
  const timers = new Map<string, Timer>()
  const tunnels = new Map<string, GreDoor>()
  /** What to do when nothing more comes of an attempt. */
  const fates = new Map<number, (why: string) => void>()
  const opened = new Map<number, TcpConnection>()
  const abandoned = new Set<number>()
  let idlers: (() => void)[] = []
  let connectionCount = 0
  let lastAttempt = 0
  let closed = false

  type Untimed = ReferenceEvent extends infer E ? (E extends ReferenceEvent ? Omit<E, 'now'> : never) : never
  function happen(event: Untimed): void {
    if (closed) return
    // Behind the event's own values, `now` would have the engine make up a shape for each event.
    for (const action of machine.handle({ now: network.clock.now(), ...event } as ReferenceEvent))
      perform(action)
  }

  function perform(action: ReferenceAction): void {
    switch (action.kind) {
      case 'connect': {
        const { attempt, to } = action
        lastAttempt = attempt
        if (abandoned.has(attempt)) {
          happen({ kind: 'connect-failed', attempt, detail: 'stopped' })
          break
        }
        void network.connect(to, { from: address, timeout: CONNECT_TIME_OUT }).then((result) => {
          if (isConnection(result)) adopt(result, 'us', attempt)
          else happen({ kind: 'connect-failed', attempt, detail: result.detail })
        })
        break
      }
      case 'attempt-over':
        fates.get(action.attempt)?.(action.why)
        fates.delete(action.attempt)
        break
      case 'send':
        connections.get(action.connection)?.send(action.octets)
        break
      case 'end':
        connections.get(action.connection)?.end()
        break
      case 'reset':
        connections.get(action.connection)?.reset()
        break
      case 'stop-listening':
        void listener.close()
        break
      case 'set-timer': {
        const { id, ms } = action
        timers.get(id)?.cancel()
        const timer = network.clock.after(ms, () => {
          timers.delete(id)
          happen({ kind: 'timer', id })
        })
        timers.set(id, timer)
        break
      }
      case 'cancel-timer':
        timers.get(action.id)?.cancel()
        timers.delete(action.id)
        break
      case 'send-gre':
        tunnelTo(action.to).send(action.octets)
        break
      case 'link-up':
      case 'link-down':
      case 'datagram':
        onLink(action)
        break
      case 'log':
        log(action.text)
        break
    }
  }

  function meet(attempt: number | undefined, why: string): void {
    if (attempt === undefined) return
    fates.get(attempt)?.(why)
    fates.delete(attempt)
  }

  function tunnelTo(remote: string): GreDoor {
    const open = tunnels.get(remote)
    if (open !== undefined) return open
    const door = openDoor(
      network,
      address,
      remote,
      (octets) => happen({ kind: 'gre', from: remote, octets }),
      log,
    )
    tunnels.set(remote, door)
    return door
  }

  function adopt(connection: TcpConnection, by: 'us' | 'peer', attempt?: number): void {
    if (closed) {
      connection.reset()
      return
    }
    const id = String(++connectionCount)
    if (attempt !== undefined) opened.set(attempt, connection)
    const { local, remote } = connection
    connections.set(id, connection)
    tunnelTo(remote.address)
    happen({
      kind: 'tcp-opened',
      connection: id,
      local,
      remote,
      by,
      ...(attempt === undefined ? {} : { attempt }),
    })
    connection.onEvent((event) => {
      switch (event.kind) {
        case 'data':
          happen({ kind: 'tcp-octets', connection: id, octets: event.octets })
          break
        case 'end':
          happen({ kind: 'tcp-ended', connection: id })
          break
        case 'reset':
          log(`connection/${id}: ${event.detail}`)
          break
        case 'closed':
          connections.delete(id)
          happen({ kind: 'tcp-closed', connection: id })
          meet(attempt, 'the connection is over')
          if (!hears.includes(remote.address)) forgetTunnel(remote.address)
          if (connections.size === 0) for (const tell of idlers.splice(0)) tell()
          break
      }
    })
  }

  function forgetTunnel(remote: string): void {
    for (const connection of connections.values()) if (connection.remote.address === remote) return
    tunnels.get(remote)?.close()
    tunnels.delete(remote)
  }

  for (const remote of hears) tunnelTo(remote)
  const listener = await network.listen({ address, port }, (connection) => adopt(connection, 'peer'))

  return {
    command: (command) => happen({ kind: 'command', command }),
    dial(remote, call) {
      const to = { address: remote, port: PPTP_PORT }
      happen({ kind: 'command', command: { name: 'start', to, next: 'outgoing-call', call, persist: true } })
      const attempt = lastAttempt
      return {
        ended: new Promise((resolve) => {
          // A second call on the same connection ends with it as well.
          const before = fates.get(attempt)
          fates.set(attempt, (why) => {
            before?.(why)
            resolve(why)
          })
        }),
        hangUp: () => happen({ kind: 'command', command: { name: 'hang-up', address: remote } }),
        stop() {
          abandoned.add(attempt)
          opened.get(attempt)?.reset()
        },
      }
    },
    connections: () => connections.size,
    idle: () =>
      new Promise((resolve) => {
        if (connections.size === 0) resolve()
        else idlers.push(resolve)
      }),
    async close() {
      closed = true
      idlers = []
      for (const timer of timers.values()) timer.cancel()
      for (const connection of connections.values()) connection.reset()
      for (const door of tunnels.values()) door.close()
      await listener.close()
    },
  }
}

/** A GRE socket that can be used before it is open. */
interface GreDoor {
  send(octets: Uint8Array): void
  close(): void
}

function openDoor(
  network: Network,
  from: string,
  remote: string,
  receive: (octets: Uint8Array) => void,
  log: (text: string) => void,
): GreDoor {
  const waiting: Uint8Array[] = []
  let socket: GreSocket | undefined
  let closed = false
  network.openGre(remote, { from }).then(
    (opened) => {
      if (closed) {
        opened.close()
        return
      }
      socket = opened
      opened.onPacket(receive)
      opened.onError(({ code }) => log(`GRE to ${remote}: ${code}`))
      for (const octets of waiting.splice(0)) opened.send(octets)
    },
    // Without raw sockets it is still a control connection peer.
    (error: unknown) => log(`GRE to ${remote}: ${messageOf(error)}`),
  )
  return {
    send(octets) {
      if (socket !== undefined) socket.send(octets)
      else if (!closed && waiting.length < GRE_BACKLOG) waiting.push(octets)
    },
    close() {
      closed = true
      waiting.length = 0
      socket?.close()
    },
  }
}
