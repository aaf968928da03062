import type { Fragmentation } from '../protocol/ip.ts'

/**
 * The TCP and GRE that a tester talks through. Two implementations: `SystemNetwork` (the kernel's
 * TCP and a raw GRE socket) and `SimulatedNetwork` (in memory, on a virtual clock). Wrappers
 * (trace, impairment) implement the same interface around another network. All addresses are dotted
 * IPv4, for which alone RFC 2637 defines the tunnel.
 */

/** A cancellable timer. */
export interface Timer {
  /** Prevents the timer from firing. Cancelling twice, or after it fired, does nothing. */
  cancel(): void
}

/** Time as scenarios and peers see it; virtual in the simulated network. */
export interface Clock {
  /** Monotonic time in ms, with fractions, since an arbitrary moment. */
  now(): number
  /** Calls `fire` once, `delay` ms from now (0 or more). */
  after(delay: number, fire: () => void): Timer
  /** Resolves `delay` ms from now. */
  sleep(delay: number): Promise<void>
}

/** The address and port of one end of a TCP connection. */
export interface Endpoint {
  /** Dotted IPv4. */
  readonly address: string
  readonly port: number
}

/** What happens on an open TCP connection, in order. After `closed` nothing follows. */
export type TcpEvent =
  /** Octets arrived. One event is one read of the socket, not one segment and not one message. */
  | { readonly kind: 'data'; readonly octets: Uint8Array }
  /** The remote end sent FIN. Our own direction is still open. */
  | { readonly kind: 'end' }
  /**
   * The remote end sent RST, or the kernel gave the connection up; `detail` is the cause
   * (ECONNRESET, EPIPE, ETIMEDOUT).
   */
  | { readonly kind: 'reset'; readonly detail: string }
  /** Both directions are finished and the descriptor is closed. Always the last event. */
  | { readonly kind: 'closed' }

export interface TcpConnection {
  readonly local: Endpoint
  readonly remote: Endpoint
  /**
   * Queues octets; each call is written on its own without delay (TCP_NODELAY), so that on a quiet
   * connection one call is one segment. Does nothing after the connection has ended, which an event
   * has reported.
   */
  send(octets: Uint8Array): void
  /** Sends FIN after the queued octets; the remote end may go on sending. */
  end(): void
  /** Sends RST and forgets the connection. `closed` follows. */
  reset(): void
  /** Stops (true) or resumes (false) reading, so that the receive window fills: a stalled peer. */
  pause(paused: boolean): void
  /**
   * Sets the listener, of which there is one. Earlier events are kept and delivered by this call.
   */
  onEvent(listener: (event: TcpEvent) => void): void
}

export interface TcpListener {
  readonly local: Endpoint
  /** Stops accepting. Connections already accepted live on. */
  close(): Promise<void>
}

/** How IP is to carry a packet, where this differs from what the system would do. */
export interface IpCarriage {
  /**
   * Cuts the packet into these fragments, none larger than the path takes. Unless given, the system
   * fragments packets that are too large.
   */
  readonly fragments?: Fragmentation
  /**
   * The source address in the IP header, dotted IPv4; our own unless given. Give one that no host
   * has: answers to it are lost. A packet with such a source must fit the path, or be cut into
   * fragments that do (otherwise the error is EMSGSIZE).
   */
  readonly source?: string
}

/**
 * A raw socket for IP protocol 47, bound to one remote address. Packets start at the GRE header,
 * without IP header.
 */
export interface GreSocket {
  readonly local: string
  readonly remote: string
  /**
   * Sends one GRE packet (at most 65,515 octets; the kernel fragments). Errors of the path (ICMP)
   * are reported to `onError`, not thrown.
   * @throws RangeError when the size of fragments is no positive multiple of 8.
   * @throws UsageError when the source is not dotted IPv4.
   */
  send(packet: Uint8Array, carriage?: IpCarriage): void
  /**
   * Sets the listener, of which there is one. Earlier packets are kept, up to a limit, and
   * delivered by this call. The listener owns the octets of its packets.
   */
  onPacket(listener: (packet: Uint8Array) => void): void
  /**
   * Sets the listener for path errors, e.g. ICMP protocol unreachable as ECONNREFUSED or
   * ENOPROTOOPT.
   */
  onError(listener: (error: { readonly code: string }) => void): void
  close(): void
}

export interface ConnectOptions {
  /** Local address to connect from; the system chooses when absent. */
  readonly from?: string
  /** Local port to connect from; the system chooses when absent. */
  readonly fromPort?: number
  /** Gives up after this many ms. */
  readonly timeout: number
}

export interface ListenOptions {
  /**
   * Takes connections from this address only, dotted IPv4. Several listeners of one process may
   * share an endpoint if each gives a different `from`; a connection from any other address is
   * reset. Unless given, the listener takes all connections and does not share its endpoint.
   */
  readonly from?: string
}

/** Why a TCP connection could not be opened. */
export type ConnectFailure = {
  readonly kind: 'refused' | 'timeout' | 'unreachable'
  /** The system's code, e.g. ECONNREFUSED. */
  readonly detail: string
}

/** TCP and GRE of one host, and a clock. */
export interface Network {
  readonly clock: Clock
  /** Opens a TCP connection. Returns a `ConnectFailure` when the remote end does not answer. */
  connect(remote: Endpoint, options: ConnectOptions): Promise<TcpConnection | ConnectFailure>
  /**
   * Accepts TCP connections.
   * @throws EnvironmentError when the address or port cannot be bound.
   */
  listen(
    local: Endpoint,
    accept: (connection: TcpConnection) => void,
    options?: ListenOptions,
  ): Promise<TcpListener>
  /**
   * Opens GRE to one address. Packets from other addresses are ignored.
   * @throws EnvironmentError when raw sockets are not allowed (needs CAP_NET_RAW) or not supported.
   */
  openGre(remote: string, options?: { readonly from?: string }): Promise<GreSocket>
  /**
   * Closes everything opened through this network: connections are reset, listeners and GRE sockets
   * closed.
   */
  close(): Promise<void>
}

/** Returns true when `connect` has opened a connection, false when it returned a failure. */
export function isConnection(result: TcpConnection | ConnectFailure): result is TcpConnection {
  return 'send' in result
}
