import { fork, spawnSync } from 'node:child_process'
import { ForksPoolWorker, type PoolOptions } from 'vitest/node'
import { canOpenRawGre } from './harness/network/raw-gre.ts'

/**
 * Tests that take root run for an ordinary user in user, network and mount namespaces of their own.
 * There they are root: they may open raw sockets on a loopback of their own, and set up networks.
 */
const UNSHARE = ['--user', '--map-root-user', '--net', '--mount', '--', 'sh', '-c'] as const
/** Whose /run has room for `ip netns`. */
const SETUP = 'ip link set lo up && mount -t tmpfs none /run && exec "$@"'

/** Whether such tests need namespaces here, and can have them. */
export function needsNamespaces(): boolean {
  if (canOpenRawGre().ok) return false
  return spawnSync('unshare', [...UNSHARE, SETUP, 'sh', 'true']).status === 0
}

/** A process for tests, which begins in namespaces of its own. */
class NamespaceWorker extends ForksPoolWorker {
  override async start(): Promise<void> {
    const { entrypoint, env, execArgv } = this
    const child = fork(entrypoint, [], {
      env,
      execPath: 'unshare',
      execArgv: [...UNSHARE, SETUP, 'sh', process.execPath, ...execArgv],
      stdio: 'pipe',
      serialization: 'advanced',
    })
    Object.assign(this, { _fork: child })
    await super.start()
  }
}

export const namespaces = {
  name: 'namespaces',
  createPoolWorker: (options: PoolOptions) => new NamespaceWorker(options),
}
