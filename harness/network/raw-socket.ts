import { EnvironmentError } from '../errors/errors.ts'
import { requireIPv4 } from './failures.ts'
import {
  AF_INET,
  IP_MTU_DISCOVER,
  IP_NODEFRAG,
  IP_PMTUDISC_DONT,
  IP_RECVERR,
  IPPROTO_GRE,
  IPPROTO_IP,
  IPPROTO_RAW,
  libc,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_SOCKET,
} from './libc.ts'

/** Descriptors of raw sockets: opening them, their options, and their addresses. */

/** The kernel's buffer for packets that arrive while the event loop is busy, in octets. */
const RECEIVE_ROOM = 4 * 1_048_576

/**
 * Opens a raw socket for an IP protocol, GRE unless given, and returns its descriptor. The caller
 * closes it.
 * @throws EnvironmentError when raw sockets are not allowed, or there is no descriptor left.
 */
export function openSocket(protocol = IPPROTO_GRE): number {
  const sys = libc()
  const fd = sys.socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, protocol)
  if (fd !== -1) return fd
  const code = sys.errno()
  if (code === 'EPERM' || code === 'EACCES') {
    throw new EnvironmentError(
      `Raw GRE sockets are not allowed here (${code})`,
      'Run as root or with CAP_NET_RAW (a container needs --cap-add NET_RAW), or play against the embedded peers on the simulated network',
    )
  }
  throw new EnvironmentError(
    `A raw GRE socket cannot be opened: ${code}`,
    'Raise the limit on open files if it is EMFILE or ENFILE',
  )
}

/**
 * Opens a socket that sends whole IP packets or fragments to one address, and returns its
 * descriptor. The caller closes it.
 * @throws EnvironmentError when it cannot be opened, or `remote` cannot be reached.
 */
export function openIpSender(remote: string): number {
  const sys = libc()
  const fd = openSocket(IPPROTO_RAW)
  try {
    const address = socketAddress(remote)
    must(sys.connect(fd, address, address.length), `reach ${remote}`)
    // A kernel that tracks connections would reassemble our fragments before they leave.
    must(sys.setsockopt(fd, IPPROTO_IP, IP_NODEFRAG, new Int32Array([1]), 4), 'send fragments')
    return fd
  } catch (error) {
    sys.close(fd)
    throw error
  }
}

/**
 * Throws when a libc call has failed.
 * @param result what the call returned: -1 on failure.
 * @param what what the socket was to do, after "cannot": `reach 10.0.0.1`.
 * @throws EnvironmentError on failure, with the name of errno.
 */
export function must(result: number, what: string): void {
  if (result !== -1) return
  throw new EnvironmentError(
    `A raw GRE socket cannot ${what}: ${libc().errno()}`,
    'Check the address and the routes of this machine (ip address, ip route)',
  )
}

/** Sets the options of a socket for GRE; an option that the system lacks is ignored. */
export function setGreOptions(fd: number): void {
  const sys = libc()
  const set = (level: number, option: number, value: number): boolean =>
    sys.setsockopt(fd, level, option, new Int32Array([value]), 4) !== -1
  // SO_RCVBUFFORCE may exceed rmem_max, but needs CAP_NET_ADMIN; SO_RCVBUF ends at rmem_max.
  if (!set(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_ROOM)) set(SOL_SOCKET, SO_RCVBUF, RECEIVE_ROOM)
  // Report hard errors only. With IP_RECVERR the kernel would also queue every transient error.
  set(IPPROTO_IP, IP_RECVERR, 0)
  // Clear Don't Fragment: the kernel then fragments packets larger than the path takes.
  set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
}

/**
 * Encodes an address as struct sockaddr_in, with port 0.
 * @throws UsageError when it is not dotted IPv4.
 */
export function socketAddress(address: string): Uint8Array {
  requireIPv4(address)
  const octets = new Uint8Array(16)
  new Uint16Array(octets.buffer)[0] = AF_INET
  octets.set(address.split('.').map(Number), 4)
  return octets
}

/**
 * Returns the address that a socket sends from, dotted IPv4.
 * @throws EnvironmentError when the system does not return it.
 */
export function localAddress(fd: number): string {
  const octets = new Uint8Array(16)
  must(libc().getsockname(fd, octets, new Uint32Array([octets.length])), 'tell its own address')
  return octets.subarray(4, 8).join('.')
}
