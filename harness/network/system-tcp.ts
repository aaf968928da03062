import { createConnection, createServer, type Socket } from 'node:net'
import { fromError, listenError, requireIPv4 } from './failures.ts'
import { createMailbox } from './mailbox.ts'
import type {
  ConnectFailure,
  ConnectOptions,
  Endpoint,
  TcpConnection,
  TcpEvent,
  TcpListener,
} from './network.ts'

/**
 * The most octets kept while there is no listener. Then the socket is not read, so that TCP's
 * window stops the remote end.
 */
const KEPT_OCTETS = 1_048_576
const UNKNOWN: Endpoint = { address: '0.0.0.0', port: 0 }

/** A connection of the kernel's TCP, which tells its network when it is closed. */
export interface SystemConnection extends TcpConnection {
  /** Resolves when the descriptor is closed. */
  readonly closed: Promise<void>
}

/** An attempt to connect, which can be given up. */
export interface ConnectAttempt {
  readonly result: Promise<SystemConnection | ConnectFailure>
  /** Gives up: `result` is then a failure with the code ECANCELED. */
  abandon(): void
}

/**
 * Opens a TCP connection through the kernel. `result` rejects with an EnvironmentError when `from`
 * is not an address of this machine.
 * @throws UsageError when an address is not dotted IPv4.
 */
export function connectTcp(remote: Endpoint, { from, fromPort, timeout }: ConnectOptions): ConnectAttempt {
  requireIPv4(remote.address)
  if (from !== undefined) requireIPv4(from)
  const socket = createConnection({
    host: remote.address,
    port: remote.port,
    ...(from === undefined ? {} : { localAddress: from }),
    ...(fromPort === undefined ? {} : { localPort: fromPort }),
    allowHalfOpen: true,
    noDelay: true,
  })
  const result = new Promise<SystemConnection | ConnectFailure>((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(withCode('ETIMEDOUT')), timeout)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      const code = error.code ?? error.message
      if (from !== undefined && error.syscall === 'bind') reject(fromError(from, code, error))
      else resolve({ kind: failureKind(code), detail: code })
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(overSocket(socket))
    })
  })
  return { result, abandon: () => socket.destroy(withCode('ECANCELED')) }
}

/**
 * Accepts TCP connections through the kernel.
 * @throws UsageError when the address is not dotted IPv4.
 * @throws EnvironmentError when the address or port cannot be bound.
 */
export function listenTcp(
  local: Endpoint,
  accept: (connection: SystemConnection) => void,
): Promise<TcpListener> {
  requireIPv4(local.address)
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(overSocket(socket)))
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(listenError(local, error.code ?? error.message)),
    )
    server.listen({ host: local.address, port: local.port }, () => {
      server.removeAllListeners('error')
      const bound = server.address()
      resolve({
        local:
          bound === null || typeof bound === 'string' ? local : { address: bound.address, port: bound.port },
        // Not awaited: the server's callback would wait for the end of the accepted connections.
        close: async () => void server.close(),
      })
    })
  })
}

function overSocket(socket: Socket): SystemConnection {
  const events = createMailbox<TcpEvent>()
  let listening = false
  let paused = false
  let keptOctets = 0
  let ended = false
  let resetByUs = false

  socket.on('data', (chunk: Buffer) => {
    if (!listening) {
      keptOctets += chunk.length
      if (keptOctets >= KEPT_OCTETS) socket.pause()
    }
    events.put({ kind: 'data', octets: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length) })
  })
  socket.on('end', () => events.put({ kind: 'end' }))
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (!resetByUs) events.put({ kind: 'reset', detail: error.code ?? error.message })
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      events.put({ kind: 'closed' })
      resolve()
    })
  })

  return {
    local: endpoint(socket.localAddress, socket.localPort),
    remote: endpoint(socket.remoteAddress, socket.remotePort),
    closed,
    send(octets) {
      // Copied, because Node may keep the octets until the kernel has room, and the caller may
      // reuse its buffer before then.
      if (!ended && !socket.destroyed) socket.write(octets.slice())
    },
    end() {
      if (ended || socket.destroyed) return
      ended = true
      socket.end()
    },
    reset() {
      if (socket.destroyed) return
      resetByUs = true
      // After FIN, libuv refuses to send RST, and `resetAndDestroy` would not close the descriptor.
      if (ended) socket.destroy()
      else socket.resetAndDestroy()
      ended = true
    },
    pause(next) {
      paused = next
      if (paused) socket.pause()
      else if (!socket.destroyed) socket.resume()
    },
    onEvent(listener) {
      listening = true
      events.listen(listener)
      if (!paused && !socket.destroyed) socket.resume()
    },
  }
}

function failureKind(code: string): ConnectFailure['kind'] {
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused'
  return code === 'ETIMEDOUT' ? 'timeout' : 'unreachable'
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  // Both are undefined when the connection had already ended.
  return address === undefined || port === undefined ? UNKNOWN : { address, port }
}
