import { listenError, requireIPv4 } from './failures.ts'
import type { Endpoint, TcpListener } from './network.ts'
import { listenTcp, type SystemConnection } from './system-tcp.ts'

/**
 * One listening socket for several listeners on one endpoint, each for connections from another
 * address: replicas that run side by side all dial the same address and port. The socket is closed
 * when the last listener has left.
 */
interface SharedListener {
  readonly listener: Promise<TcpListener>
  /** What takes the connections from an address, by that address. */
  readonly subscribers: Map<string, (connection: SystemConnection) => void>
}

/** All shared listeners of this process, by endpoint. */
const sharedListeners = new Map<string, SharedListener>()
/** Sockets that are being closed, by endpoint. The next listener there waits for the close. */
const closing = new Map<string, Promise<void>>()

/**
 * Accepts connections from one address. Connections from an address without a listener are reset.
 * @throws UsageError when an address is not dotted IPv4.
 * @throws EnvironmentError when the endpoint cannot be bound, or connections from that address are
 * taken already.
 */
export async function listenFor(
  from: string,
  local: Endpoint,
  accept: (connection: SystemConnection) => void,
): Promise<TcpListener> {
  requireIPv4(from)
  const key = `${local.address}:${local.port}`
  // Port 0 stands for any free port, which is never shared.
  const shared = (local.port === 0 ? undefined : sharedListeners.get(key)) ?? open(local, closing.get(key))
  if (shared.subscribers.has(from)) throw listenError(local, 'EADDRINUSE')
  shared.subscribers.set(from, accept)
  if (local.port !== 0) sharedListeners.set(key, shared)

  const leave = async (): Promise<void> => {
    if (shared.subscribers.get(from) !== accept) return
    shared.subscribers.delete(from)
    if (shared.subscribers.size > 0) return
    if (sharedListeners.get(key) === shared) sharedListeners.delete(key)
    const closed = shared.listener.then((listener) => listener.close())
    closing.set(key, closed)
    await closed.finally(() => {
      if (closing.get(key) === closed) closing.delete(key)
    })
  }
  try {
    const { local: bound } = await shared.listener
    return { local: bound, close: leave }
  } catch (error) {
    shared.subscribers.delete(from)
    if (sharedListeners.get(key) === shared) sharedListeners.delete(key)
    throw error
  }
}

/** @param before settles when the endpoint is free. */
function open(local: Endpoint, before: Promise<void> = Promise.resolve()): SharedListener {
  const subscribers: SharedListener['subscribers'] = new Map()
  const accept = (connection: SystemConnection): void => {
    const subscriber = subscribers.get(connection.remote.address)
    if (subscriber === undefined) connection.reset()
    else subscriber(connection)
  }
  const listen = () => listenTcp(local, accept)
  return { subscribers, listener: before.then(listen, listen) }
}
