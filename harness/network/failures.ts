import { isIPv4 } from 'node:net'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import type { Endpoint } from './network.ts'

/** @throws UsageError when `address` is not dotted IPv4 */
export function requireIPv4(address: string): void {
  if (!isIPv4(address))
    throw new UsageError(`Not an IPv4 address: ${address}`, 'Write it as four numbers with dots')
}

/** Makes the error for an endpoint that cannot be listened on; every network uses these words. */
export function listenError({ address, port }: Endpoint, code: string): EnvironmentError {
  const remedies: Record<string, string> = {
    EADDRINUSE: 'Stop what listens there (ss -ltnp shows it), or choose another address or port',
    EADDRNOTAVAIL: 'Give an address of this machine (ip address), or add it',
    EACCES: 'Ports below 1024 need root or CAP_NET_BIND_SERVICE',
  }
  return new EnvironmentError(`Cannot listen on ${address}:${port}: ${code}`, remedies[code])
}

/** Makes the error for a local address that cannot be used; every network uses these words. */
export function fromError(from: string, code: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    `Cannot connect from ${from}: ${code}`,
    'Give an address of this machine (ip address), or add it',
    { cause },
  )
}

/**
 * The longest delay that Node's timers take, in ms (24.8 days). A longer one would fire at once.
 */
const LONGEST_DELAY = 2_147_483_647

/** @throws RangeError when `delay` (ms) is negative, NaN, or longer than a clock can wait */
export function requireDelay(delay: number): void {
  if (!(delay >= 0 && delay <= LONGEST_DELAY)) throw new RangeError(`Not a delay in ms: ${delay}`)
}
