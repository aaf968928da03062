import type { Fragmentation } from '../protocol/ip.ts'

/**
 * What a tester talks through. Two implementations: `SystemNetwork` (the kernel's TCP and a raw GRE
 * socket) and `SimulatedNetwork` (in memory, virtual clock, seeded impairments). Wrappers (trace,
 * impairment) implement the same interface round another one. All addresses are dotted IPv4: PPTP's
 * GRE tunnel is only defined there.
 */

/** A cancellable timer. */
export interface Timer {
  /** Never fires after this. Cancelling twice, or after it fired, does nothing. */
  cancel(): void
}

/** Time as scenarios and peers see it; virtual in the simulated network. */
export interface Clock {
  /** Monotonic time in ms, with fractions; its zero is arbitrary. */
  now(): number
  /** Calls `fire` once, `delay` ms from now (0 or more). */
  after(delay: number, fire: () => void): Timer
  /** Resolves `delay` ms from now. */
  sleep(delay: number): Promise<void>
}

/** One end of a TCP connection or the tunnel's address. */
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
  /** Both directions are finished and the descriptor is gone. Always the last event. */
  | { readonly kind: 'closed' }

export interface TcpConnection {
  readonly local: Endpoint
  readonly remote: Endpoint
  /**
   * Queues octets; each call is written on its own without delay (TCP_NODELAY), so that on a quiet
   * connection one call is one segment. After the connection has ended it does nothing: the end has
   * been reported as an event.
   */
  send(octets: Uint8Array): void
  /** Sends FIN after what was queued; the remote end may go on sending. */
  end(): void
  /** Sends RST and forgets the connection. `closed` follows. */
  reset(): void
  /** Stops (true) or resumes (false) reading, so that the receive window fills: a stalled peer. */
  pause(paused: boolean): void
  /**
   * Sets the one listener. Events that happened before are kept and delivered on this call, so none
   * is lost.
   */
  onEvent(listener: (event: TcpEvent) => void): void
}

export interface TcpListener {
  readonly local: Endpoint
  /** Stops accepting. Connections already accepted live on. */
  close(): Promise<void>
}

/** How IP is to carry a packet, where that differs from what the system would do. */
export interface IpCarriage {
  /**
   * Cuts it into fragments, each at most as large as the path takes; without, the system cuts what
   * is too large.
   */
  readonly fragments?: Fragmentation
  /**
   * The source address that it claims to come from, dotted IPv4; our own unless given. Nobody
   * should have it: what answers it is lost. A packet that claims one must fit the path, or be cut
   * into fragments that do (otherwise the error is EMSGSIZE).
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
   * Sets the one listener; packets that arrived before are kept (bounded) and delivered on this
   * call. Nobody else uses a packet's octets afterwards.
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
   * Takes connections from this address only: dotted IPv4. Several may listen on one endpoint, in
   * one process, as long as each names another; connections from an address that nobody named are
   * reset. All connections unless given, and nobody else may listen there.
   */
  readonly from?: string
}

export type ConnectFailure = {
  readonly kind: 'refused' | 'timeout' | 'unreachable'
  /** The system's code, e.g. ECONNREFUSED. */
  readonly detail: string
}

export interface Network {
  readonly clock: Clock
  /** Opens a TCP connection. A remote end that does not answer is a value, not an exception. */
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
   * Opens GRE towards one address. Packets from other addresses are not seen.
   * @throws EnvironmentError when raw sockets are not allowed (needs CAP_NET_RAW) or not supported.
   */
  openGre(remote: string, options?: { readonly from?: string }): Promise<GreSocket>
  /**
   * Closes everything opened through this network: connections are reset, listeners and GRE sockets
   * closed.
   */
  close(): Promise<void>
}

/** Tells a connection from the reason why there is none. */
export function isConnection(result: TcpConnection | ConnectFailure): result is TcpConnection {
  return 'send' in result
}
