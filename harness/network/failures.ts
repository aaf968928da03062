import { isIPv4 } from 'node:net'
import { EnvironmentError, UsageError } from '../errors/errors.ts'
import type { Endpoint } from './network.ts'

/** @throws UsageError when it is not dotted IPv4 */
export function requireIPv4(address: string): void {
  if (!isIPv4(address))
    throw new UsageError(`Not an IPv4 address: ${address}`, 'Write it as four numbers with dots')
}

/** The error of a listener that cannot be, in the same words on every network. */
export function listenError({ address, port }: Endpoint, code: string): EnvironmentError {
  const remedies: Record<string, string> = {
    EADDRINUSE: 'Stop what listens there (ss -ltnp shows it), or choose another address or port',
    EADDRNOTAVAIL: 'Give an address of this machine (ip address), or add it',
    EACCES: 'Ports below 1024 need root or CAP_NET_BIND_SERVICE',
  }
  return new EnvironmentError(`Cannot listen on ${address}:${port}: ${code}`, remedies[code])
}

/** The error of a local address that cannot be used, in the same words on every network. */
export function fromError(from: string, code: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    `Cannot connect from ${from}: ${code}`,
    'Give an address of this machine (ip address), or add it',
    { cause },
  )
}

/**
 * The longest delay that Node's timers take, in ms (24.8 days); they would fire at once beyond it.
 */
const LONGEST_DELAY = 2_147_483_647

/** @throws RangeError when it is not a number of ms that every clock can wait */
export function requireDelay(delay: number): void {
  if (!(delay >= 0 && delay <= LONGEST_DELAY)) throw new RangeError(`Not a delay in ms: ${delay}`)
}
