import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import { EnvironmentError, messageOf } from '../errors/errors.ts'

/**
 * Returns the only IPv4 address of this machine, loopback left out.
 * @throws EnvironmentError when there are several, or none.
 */
export function onlyAddress(): string {
  const all = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  const [first] = all
  if (first !== undefined && all.length === 1) return first
  throw new EnvironmentError(
    `this machine has ${all.length === 0 ? 'no address but loopback' : `several addresses: ${all.join(', ')}`}`,
    'Choose one with --listen ADDRESS',
  )
}

/**
 * Returns the address of this machine from which packets go to a remote address. Sends nothing.
 * @throws EnvironmentError when there is no route.
 */
export function addressTowards(remote: string): Promise<string> {
  const socket = createSocket('udp4')
  return new Promise<string>((resolve, reject) => {
    socket.once('error', reject)
    socket.connect(1, remote, () => resolve(socket.address().address))
  })
    .catch((cause: unknown) => {
      throw new EnvironmentError(
        `there is no route to ${remote}: ${messageOf(cause)}`,
        'Check the address and the routes of this machine (ip route), or give the address of this machine with --from',
        { cause },
      )
    })
    .finally(() => socket.close())
}
