import { UsageError } from '../errors/errors.ts'
import { IP_PROTOCOL_GRE } from '../protocol/gre.ts'
import { ipFragments } from '../protocol/ip.ts'
import { createIpReassembly, type IpReassembly } from '../protocol/ip-reassembly.ts'
import { copyOf } from '../protocol/octets.ts'
import { fromError, listenError, requireIPv4 } from './failures.ts'
import { GRE_PACKET_LIMIT, KEPT_ERRORS, KEPT_PACKETS } from './limits.ts'
import { createMailbox } from './mailbox.ts'
import type { Clock, ConnectFailure, Endpoint, GreSocket, Network } from './network.ts'
import { createLink, type SimulatedConnection } from './simulated-tcp.ts'

/** Hosts in memory that reach each other by TCP and GRE, all on one clock. */
export interface SimulatedWorld {
  /**
   * Adds a host with these addresses and returns its network; connections come from the first
   * address unless another one is given. Closing the network resets the host's connections, as the
   * death of its process would; the events of these resets follow on the clock.
   * @throws UsageError when an address is not dotted IPv4 or taken by another host.
   */
  host(address: string, ...more: readonly string[]): Network
}

export interface SimulatedWorldOptions {
  /** The clock that times all deliveries: a virtual clock, or any other. */
  readonly clock: Clock
  /** One-way delay of every segment and packet, in ms; 1 unless given. */
  readonly latency?: number
}

interface Wire {
  readonly clock: Clock
  readonly latency: number
  /** Each host by each of its addresses. */
  readonly hosts: Map<string, Host>
}

interface Host {
  readonly addresses: readonly [string, ...string[]]
  /** By address and port, then by the remote address whose connections they take. */
  readonly listeners: Map<string, Map<string, Acceptor>>
  readonly greSockets: Set<GreEnd>
  /** Reassembles packets from fragments. */
  readonly reassembly: IpReassembly
  /** Returns the next ephemeral port. */
  port(): number
  /** Returns the IP identification for the next fragmented packet. */
  identification(): number
}

type Acceptor = (connection: SimulatedConnection) => void

interface GreEnd {
  readonly local: string
  readonly remote: string
  deliver(packet: Uint8Array): void
  fail(code: string): void
}

const ANY_ADDRESS = '0.0.0.0'
const FIRST_EPHEMERAL_PORT = 49_152
const PORTS = 65_536
/** Linux ignores an ICMP error that quotes fewer octets than this of the IP payload. */
const ICMP_QUOTE = 8

/**
 * Creates a world without hosts. Its networks behave as the kernel's does (one contract test runs
 * against both), except that nothing is lost and nothing is random: `impaired` adds both. The same
 * calls give the same events at the same times.
 *
 * An address without a host does not answer. A port without a listener refuses. A host answers GRE
 * with ICMP protocol unreachable unless it has a socket for the sender.
 */
export function createSimulatedNetwork({ clock, latency = 1 }: SimulatedWorldOptions): SimulatedWorld {
  const wire: Wire = { clock, latency, hosts: new Map() }
  return {
    host(...addresses) {
      for (const address of addresses) {
        requireIPv4(address)
        if (wire.hosts.has(address)) throw new UsageError(`Two simulated hosts have the address ${address}`)
      }
      const host = createHost(addresses)
      for (const address of addresses) wire.hosts.set(address, host)
      return createHostNetwork(wire, host)
    },
  }
}

function createHost(addresses: readonly [string, ...string[]]): Host {
  let nextPort = FIRST_EPHEMERAL_PORT
  let identifications = 0
  return {
    addresses,
    listeners: new Map(),
    greSockets: new Set(),
    reassembly: createIpReassembly(),
    port() {
      const port = nextPort
      nextPort = nextPort + 1 === PORTS ? FIRST_EPHEMERAL_PORT : nextPort + 1
      return port
    },
    identification() {
      identifications = (identifications % 0xffff) + 1
      return identifications
    },
  }
}

function createHostNetwork(wire: Wire, host: Host): Network {
  const closers = new Set<() => void>()

  const keep = (connection: SimulatedConnection): SimulatedConnection => {
    closers.add(connection.reset)
    connection.whenOver(() => closers.delete(connection.reset))
    return connection
  }

  const localAddress = (from: string | undefined): string => {
    if (from === undefined) return host.addresses[0]
    requireIPv4(from)
    if (!host.addresses.includes(from)) throw fromError(from, 'EADDRNOTAVAIL')
    return from
  }

  return {
    clock: wire.clock,
    async connect(remote, { from, fromPort = host.port(), timeout }) {
      requireIPv4(remote.address)
      const local = { address: localAddress(from), port: fromPort }
      const result = await handshake(wire, local, remote, timeout, closers)
      return 'whenOver' in result ? keep(result) : result
    },
    async listen({ address, port }, accept, { from = ANY_ADDRESS } = {}) {
      requireIPv4(address)
      requireIPv4(from)
      const local = { address, port: port === 0 ? host.port() : port }
      if (address !== ANY_ADDRESS && !host.addresses.includes(address))
        throw listenError(local, 'EADDRNOTAVAIL')
      if (portTaken(host, local, from)) throw listenError(local, 'EADDRINUSE')
      const listeners = host.listeners.get(key(local)) ?? new Map<string, Acceptor>()
      host.listeners.set(key(local), listeners)
      listeners.set(from, (connection) => accept(keep(connection)))
      const close = (): void => {
        closers.delete(close)
        listeners.delete(from)
        if (listeners.size === 0) host.listeners.delete(key(local))
      }
      closers.add(close)
      return { local, close: async () => close() }
    },
    async openGre(remote, options = {}) {
      requireIPv4(remote)
      const socket = createGreSocket(wire, host, localAddress(options.from), remote)
      const close = (): void => {
        closers.delete(close)
        socket.close()
      }
      closers.add(close)
      return { ...socket, close }
    },
    async close() {
      for (const closer of [...closers]) closer()
    },
  }
}

/**
 * Plays SYN, SYN+ACK and ACK: the client has its connection after one round trip, the server one
 * latency later.
 */
function handshake(
  { clock, latency, hosts }: Wire,
  local: Endpoint,
  remote: Endpoint,
  timeout: number,
  closers: Set<() => void>,
): Promise<SimulatedConnection | ConnectFailure> {
  return new Promise((resolve) => {
    let over = false
    const conclude = (result: SimulatedConnection | ConnectFailure): void => {
      over = true
      timer.cancel()
      closers.delete(abandon)
      resolve(result)
    }
    const abandon = (): void => conclude({ kind: 'unreachable', detail: 'ECANCELED' })
    const timer = clock.after(timeout, () => conclude({ kind: 'timeout', detail: 'ETIMEDOUT' }))
    closers.add(abandon)

    const server = hosts.get(remote.address)
    if (server === undefined) return
    clock.after(latency, () => {
      const refused = listenersAt(server, remote) === undefined
      clock.after(latency, () => {
        if (over) return
        if (refused) {
          conclude({ kind: 'refused', detail: 'ECONNREFUSED' })
          return
        }
        const link = createLink({ clock, latency, client: local, server: remote })
        // Scheduled before anything that the client sends, so that it also happens first.
        clock.after(latency, () => {
          const listeners = listenersAt(server, remote)
          const accept = listeners?.get(local.address) ?? listeners?.get(ANY_ADDRESS)
          // Reset the connection if the listener has closed since the SYN, or takes none from that
          // address.
          if (accept === undefined) link.server.reset()
          else accept(link.server)
        })
        conclude(link.client)
      })
    })
  })
}

function createGreSocket(wire: Wire, host: Host, local: string, remote: string): GreSocket {
  const { clock, latency, hosts } = wire
  const packets = createMailbox<Uint8Array>(KEPT_PACKETS)
  const errors = createMailbox<{ readonly code: string }>(KEPT_ERRORS)
  const end: GreEnd = { local, remote, deliver: packets.put, fail: (code) => errors.put({ code }) }
  host.greSockets.add(end)
  return {
    local,
    remote,
    send(packet, { fragments, source = local } = {}) {
      if (!host.greSockets.has(end)) return
      requireIPv4(source)
      if (packet.length > GRE_PACKET_LIMIT) {
        clock.after(0, () => end.fail('EMSGSIZE'))
        return
      }
      const target = hosts.get(remote)
      const arrive = (octets: Uint8Array): void => {
        if (target !== undefined) deliverGre(wire, target, { source, destination: remote, octets })
      }
      if (fragments === undefined) {
        const copy = copyOf(packet)
        clock.after(latency, () => arrive(copy))
        return
      }
      const payload = {
        source,
        destination: remote,
        protocol: IP_PROTOCOL_GRE,
        identification: host.identification(),
        octets: packet,
      }
      for (const fragment of ipFragments(payload, fragments))
        clock.after(latency, () => {
          const whole = target?.reassembly.take(fragment, 0, clock.now())
          if (whole !== undefined) arrive(whole.payload.slice())
        })
    },
    onPacket: packets.listen,
    onError: errors.listen,
    close() {
      host.greSockets.delete(end)
      packets.close()
      errors.close()
    },
  }
}

/**
 * Delivers a GRE packet to every socket of the host for its addresses. If there is none, the sender
 * gets ICMP protocol unreachable.
 */
function deliverGre(
  { clock, latency, hosts }: Wire,
  target: Host,
  { source, destination, octets }: { source: string; destination: string; octets: Uint8Array },
): void {
  const receivers = greEnds(target, destination, source)
  // As with the kernel, each of these sockets gets a copy of its own.
  for (const receiver of receivers) receiver.deliver(receivers.length === 1 ? octets : octets.slice())
  if (receivers.length > 0 || octets.length < ICMP_QUOTE) return
  clock.after(latency, () => {
    const sender = hosts.get(source)
    if (sender === undefined) return
    for (const one of greEnds(sender, source, destination)) one.fail('ENOPROTOOPT')
  })
}

function greEnds(host: Host, local: string, remote: string): GreEnd[] {
  return [...host.greSockets].filter((end) => end.local === local && end.remote === remote)
}

function listenersAt(host: Host, { address, port }: Endpoint): ReadonlyMap<string, Acceptor> | undefined {
  return host.listeners.get(key({ address, port })) ?? host.listeners.get(key({ address: ANY_ADDRESS, port }))
}

function portTaken(host: Host, { address, port }: Endpoint, from: string): boolean {
  const clashing = address === ANY_ADDRESS ? [ANY_ADDRESS, ...host.addresses] : [ANY_ADDRESS, address]
  return clashing.some((other) => {
    const there = host.listeners.get(key({ address: other, port }))
    if (there === undefined) return false
    return other !== address || from === ANY_ADDRESS || there.has(ANY_ADDRESS) || there.has(from)
  })
}

function key({ address, port }: Endpoint): string {
  return `${address}:${port}`
}
