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
  /** The address where the machine listens: dotted IPv4. */
  readonly address: string
  /** 1723 unless given. */
  readonly port?: number
  /**
   * Addresses whose GRE is received at all times. GRE of another address is received only while
   * that address has a control connection.
   */
  readonly hears?: readonly string[]
  readonly log?: (text: string) => void
  /** Called when PPP in a call opens or ends, and with each datagram that arrives. */
  readonly onLink?: (action: LinkNews) => void
}

/** News of PPP in a call: it has opened or ended, or a datagram has arrived. */
export type LinkNews = Extract<ReferenceAction, { readonly kind: 'link-up' | 'link-down' | 'datagram' }>

/** A running reference peer. */
export interface HostedMachine {
  command(command: Command): void
  /** Opens a control connection to port 1723 of an address, and places a call. */
  dial(address: string, call: CallParameters): HostedDial
  /** Returns the number of open TCP connections. */
  connections(): number
  /** Resolves when no TCP connection is open. */
  idle(): Promise<void>
  /** Stops listening, resets all connections and cancels all timers. The network stays open. */
  close(): Promise<void>
}

/** A dial: a control connection that the machine opens on command. */
export interface HostedDial {
  /** Resolves with the reason when the attempt has failed or the connection is over. */
  readonly ended: Promise<string>
  /** Ends the call as a user would. */
  hangUp(): void
  /** Resets the connection. */
  stop(): void
}

/** The most packets for one address that wait until its GRE socket is open. */
const GRE_BACKLOG = 64
/** Time until an attempt to open a connection fails, in ms. */
const CONNECT_TIME_OUT = 10_000

/** A machine, and its open connections, sockets and timers. */
interface Host {
  readonly network: Network
  readonly machine: Machine
  readonly address: string
  readonly hears: readonly string[]
  readonly log: (text: string) => void
  readonly onLink: (action: LinkNews) => void
  readonly connections: Map<ConnectionId, TcpConnection>
  readonly timers: Map<string, Timer>
  /** Tunnels by the address of their other end. */
  readonly tunnels: Map<string, PendingGre>
  /** Attempts to open connections, by their numbers. */
  readonly attempts: Map<number, Attempt>
  /** Each is called once, when no connection is left. */
  readonly whenIdle: (() => void)[]
  listener: TcpListener | undefined
  /** The number of connections so far. */
  connectionCount: number
  /** The number of the newest attempt. */
  lastAttempt: number
  closed: boolean
}

/** An attempt to open a connection, and that connection once it is open. */
interface Attempt {
  connection: TcpConnection | undefined
  stopped: boolean
  /** Each is called once, with the reason, when the attempt or its connection is over. */
  readonly whenOver: ((why: string) => void)[]
}

/** Which end opened a connection; if we did, the number of the attempt. */
type Opening = { readonly by: 'peer' } | { readonly by: 'us'; readonly attempt: number }

/** An event without its time. */
type UntimedEvent = ReferenceEvent extends infer E
  ? E extends ReferenceEvent
    ? Omit<E, 'now'>
    : never
  : never

/**
 * Runs a pure machine on a network, simulated or real: passes it events and performs its actions.
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

/** Passes an event to the machine, and performs its actions. */
function happen(host: Host, event: UntimedEvent): void {
  if (host.closed) return
  const { machine, network } = host
  // `now` is the first property for speed: as the last, it would give each kind of event a V8
  // hidden class of its own.
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

/** Passes an event of a connection to the machine. */
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

/** Removes a connection that is over. */
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
  // A second dial on an open connection makes no attempt: it shares that of the first dial.
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

/** A GRE socket that takes packets before it is open. */
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
    // Not thrown: without raw sockets the peer can still use its control connections.
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
