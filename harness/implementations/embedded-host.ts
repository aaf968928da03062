import { messageOf } from '../errors/errors.ts'
import {
  type GreSocket,
  isConnection,
  type Network,
  type TcpConnection,
  type TcpEvent,
  type TcpListener,
  type Timer,
} from '../network/network.ts'
import { PPTP_PORT } from '../protocol/messages.ts'
import type {
  CallParameters,
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
  dial(address: string, call: CallParameters): HostedDial
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

/** What a hosted machine has open on its network. */
interface Host {
  readonly network: Network
  readonly machine: Machine
  readonly address: string
  readonly hears: readonly string[]
  readonly log: (text: string) => void
  readonly onLink: (action: LinkNews) => void
  readonly connections: Map<ConnectionId, TcpConnection>
  readonly timers: Map<string, Timer>
  /** By the address at their other end. */
  readonly tunnels: Map<string, PendingGre>
  /** By their numbers. */
  readonly attempts: Map<number, Attempt>
  /** Called once, when no connection is left. */
  readonly whenIdle: (() => void)[]
  listener: TcpListener | undefined
  /** Connections so far. */
  connectionCount: number
  /** The number of the newest attempt. */
  lastAttempt: number
  closed: boolean
}

/** An attempt to open a connection, and the connection that came of it. */
interface Attempt {
  connection: TcpConnection | undefined
  stopped: boolean
  /** Called once, with the reason, when nothing more comes of the attempt. */
  readonly whenOver: ((why: string) => void)[]
}

/** Who opened a connection; of ours, by which attempt. */
type Opening = { readonly by: 'peer' } | { readonly by: 'us'; readonly attempt: number }

/** An event without its time. */
type Untimed = ReferenceEvent extends infer E ? (E extends ReferenceEvent ? Omit<E, 'now'> : never) : never

/**
 * Lets a pure machine live on a network, simulated or real: events in, actions out, nothing else.
 * @throws EnvironmentError when the address cannot be bound.
 */
export async function hostMachine(
  network: Network,
  machine: Machine,
  { address, port = PPTP_PORT, hears = [], log = () => {}, onLink = () => {} }: HostOptions,
): Promise<HostedMachine> {
  const host: Host = {
    network,
    machine,
    address,
    hears,
    log,
    onLink,
    connections: new Map(),
    timers: new Map(),
    tunnels: new Map(),
    attempts: new Map(),
    whenIdle: [],
    listener: undefined,
    connectionCount: 0,
    lastAttempt: 0,
    closed: false,
  }
  for (const remote of hears) tunnelTo(host, remote)
  host.listener = await network.listen({ address, port }, (connection) =>
    adopt(host, connection, { by: 'peer' }),
  )
  return {
    command: (command) => happen(host, { kind: 'command', command }),
    dial: (remote, call) => dial(host, remote, call),
    connections: () => host.connections.size,
    idle: () =>
      new Promise((resolve) => {
        if (host.connections.size === 0) resolve()
        else host.whenIdle.push(resolve)
      }),
    close: () => close(host),
  }
}

/** Tells the machine of an event, and does what it wants done. */
function happen(host: Host, event: Untimed): void {
  if (host.closed) return
  const { machine, network } = host
  // Behind the event's own values, `now` would have the engine make up a shape for each event.
  for (const action of machine.handle({ now: network.clock.now(), ...event } as ReferenceEvent))
    perform(host, action)
}

function perform(host: Host, action: ReferenceAction): void {
  switch (action.kind) {
    case 'connect':
      connect(host, action)
      break
    case 'attempt-over':
      endAttempt(host, action.attempt, action.why)
      break
    case 'send':
      host.connections.get(action.connection)?.send(action.octets)
      break
    case 'end':
      host.connections.get(action.connection)?.end()
      break
    case 'reset':
      host.connections.get(action.connection)?.reset()
      break
    case 'stop-listening':
      void host.listener?.close()
      break
    case 'set-timer':
      setTimer(host, action)
      break
    case 'cancel-timer':
      host.timers.get(action.id)?.cancel()
      host.timers.delete(action.id)
      break
    case 'send-gre':
      tunnelTo(host, action.to).send(action.octets)
      break
    case 'link-up':
    case 'link-down':
    case 'datagram':
      host.onLink(action)
      break
    case 'log':
      host.log(action.text)
      break
  }
}

type ActionOf<K extends ReferenceAction['kind']> = Extract<ReferenceAction, { readonly kind: K }>

function connect(host: Host, { attempt, to }: ActionOf<'connect'>): void {
  host.lastAttempt = attempt
  if (attemptOf(host, attempt).stopped) {
    happen(host, { kind: 'connect-failed', attempt, detail: 'stopped' })
    return
  }
  const { network, address } = host
  void network.connect(to, { from: address, timeout: CONNECT_TIME_OUT }).then((result) => {
    if (isConnection(result)) adopt(host, result, { by: 'us', attempt })
    else happen(host, { kind: 'connect-failed', attempt, detail: result.detail })
  })
}

function setTimer(host: Host, { id, ms }: ActionOf<'set-timer'>): void {
  const { timers, network } = host
  timers.get(id)?.cancel()
  const timer = network.clock.after(ms, () => {
    timers.delete(id)
    happen(host, { kind: 'timer', id })
  })
  timers.set(id, timer)
}

function adopt(host: Host, connection: TcpConnection, opening: Opening): void {
  if (host.closed) {
    connection.reset()
    return
  }
  const id = String(++host.connectionCount)
  const { local, remote } = connection
  if (opening.by === 'us') attemptOf(host, opening.attempt).connection = connection
  host.connections.set(id, connection)
  tunnelTo(host, remote.address)
  happen(host, { kind: 'tcp-opened', connection: id, local, remote, ...opening })
  connection.onEvent((event) => {
    if (event.kind === 'closed') forget(host, id, connection, opening)
    else passOn(host, id, event)
  })
}

/** Tells the machine what happened on a connection. */
function passOn(host: Host, id: ConnectionId, event: Exclude<TcpEvent, { readonly kind: 'closed' }>): void {
  switch (event.kind) {
    case 'data':
      happen(host, { kind: 'tcp-octets', connection: id, octets: event.octets })
      break
    case 'end':
      happen(host, { kind: 'tcp-ended', connection: id })
      break
    case 'reset':
      host.log(`connection/${id}: ${event.detail}`)
      break
  }
}

/** A connection is over. */
function forget(host: Host, id: ConnectionId, { remote }: TcpConnection, opening: Opening): void {
  host.connections.delete(id)
  happen(host, { kind: 'tcp-closed', connection: id })
  if (opening.by === 'us') endAttempt(host, opening.attempt, 'the connection is over')
  if (!host.hears.includes(remote.address)) forgetTunnel(host, remote.address)
  if (host.connections.size === 0) for (const tell of host.whenIdle.splice(0)) tell()
}

function attemptOf({ attempts }: Host, number: number): Attempt {
  const known = attempts.get(number)
  if (known !== undefined) return known
  const attempt: Attempt = { connection: undefined, stopped: false, whenOver: [] }
  attempts.set(number, attempt)
  return attempt
}

function endAttempt(host: Host, number: number, why: string): void {
  for (const tell of attemptOf(host, number).whenOver.splice(0)) tell(why)
}

function dial(host: Host, remote: string, call: CallParameters): HostedDial {
  const to = { address: remote, port: PPTP_PORT }
  happen(host, {
    kind: 'command',
    command: { name: 'start', to, next: 'outgoing-call', call, persist: true },
  })
  // A second call on the same connection opens none, and ends with the first.
  const attempt = attemptOf(host, host.lastAttempt)
  return {
    ended: new Promise((resolve) => {
      attempt.whenOver.push(resolve)
    }),
    hangUp: () => happen(host, { kind: 'command', command: { name: 'hang-up', address: remote } }),
    stop() {
      attempt.stopped = true
      attempt.connection?.reset()
    },
  }
}

function tunnelTo(host: Host, remote: string): PendingGre {
  const { tunnels, network, address, log } = host
  const open = tunnels.get(remote)
  if (open !== undefined) return open
  const receive = (octets: Uint8Array) => happen(host, { kind: 'gre', from: remote, octets })
  const tunnel = openPending(network, address, remote, receive, log)
  tunnels.set(remote, tunnel)
  return tunnel
}

/** Closes a tunnel when no connection to its address is left. */
function forgetTunnel({ connections, tunnels }: Host, remote: string): void {
  for (const connection of connections.values()) if (connection.remote.address === remote) return
  tunnels.get(remote)?.close()
  tunnels.delete(remote)
}

async function close(host: Host): Promise<void> {
  host.closed = true
  host.whenIdle.length = 0
  for (const timer of host.timers.values()) timer.cancel()
  for (const connection of host.connections.values()) connection.reset()
  for (const tunnel of host.tunnels.values()) tunnel.close()
  await host.listener?.close()
}

/** A GRE socket that can be used before it is open. */
interface PendingGre {
  send(octets: Uint8Array): void
  close(): void
}

function openPending(
  network: Network,
  from: string,
  remote: string,
  receive: (octets: Uint8Array) => void,
  log: (text: string) => void,
): PendingGre {
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
