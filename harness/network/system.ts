import { performance } from 'node:perf_hooks'
import { requireDelay } from './failures.ts'
import type { Clock, Network } from './network.ts'
import { openRawGre } from './raw-gre.ts'
import { listenFor } from './shared-listener.ts'
import { connectTcp, listenTcp, type SystemConnection } from './system-tcp.ts'

const after: Clock['after'] = (delay, fire) => {
  requireDelay(delay)
  const timer = setTimeout(fire, delay)
  return { cancel: () => clearTimeout(timer) }
}

/**
 * The machine's monotonic clock, in ms since the process started. Its timers keep the process
 * alive, and may fire a fraction of a millisecond early, as Node's do.
 */
export const systemClock: Clock = {
  // Imported, because the global `performance` is a slow accessor, and this runs for every packet.
  now: () => performance.now(),
  after,
  sleep: (delay) => new Promise((resolve) => void after(delay, resolve)),
}

/**
 * Creates a network that uses the kernel's TCP, and a raw socket for GRE. Only `openGre` needs
 * Linux and CAP_NET_RAW.
 *
 * After a reset by the remote end, the events depend on timing: if a write of ours fails before we
 * have read the octets that came ahead of the reset, those octets are lost.
 */
export function createSystemNetwork(): Network {
  const closers = new Set<() => Promise<void> | void>()

  const keep = (connection: SystemConnection): SystemConnection => {
    const closer = (): Promise<void> => {
      connection.reset()
      return connection.closed
    }
    closers.add(closer)
    connection.closed.then(() => closers.delete(closer))
    return connection
  }

  return {
    clock: systemClock,
    async connect(remote, options) {
      const attempt = connectTcp(remote, options)
      closers.add(attempt.abandon)
      try {
        const result = await attempt.result
        return 'closed' in result ? keep(result) : result
      } finally {
        closers.delete(attempt.abandon)
      }
    },
    async listen(local, accept, { from } = {}) {
      const take = (connection: SystemConnection): void => accept(keep(connection))
      const listener = await (from === undefined ? listenTcp(local, take) : listenFor(from, local, take))
      const close = async (): Promise<void> => {
        closers.delete(close)
        await listener.close()
      }
      closers.add(close)
      return { local: listener.local, close }
    },
    async openGre(remote, options) {
      const socket = openRawGre(remote, options)
      const close = (): void => {
        closers.delete(close)
        socket.close()
      }
      closers.add(close)
      return { ...socket, close }
    },
    async close() {
      await Promise.all([...closers].map((closer) => closer()))
    },
  }
}
