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

/** Room in the kernel for packets that arrive while the event loop is busy, in octets. */
const RECEIVE_ROOM = 4 * 1_048_576

/**
 * The descriptor of a raw socket for an IP protocol, GRE unless given. The caller closes it.
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
 * The descriptor of a socket that sends whole IP packets to one address, fragments too. The caller
 * closes it.
 * @throws EnvironmentError when it cannot be opened, or `remote` cannot be reached.
 */
export function openIpSender(remote: string): number {
  const sys = libc()
  const fd = openSocket(IPPROTO_RAW)
  try {
    const address = socketAddress(remote)
    must(sys.connect(fd, address, address.length), `reach ${remote}`)
    // Where the kernel tracks connections it would put our fragments together again before they
    // leave.
    must(sys.setsockopt(fd, IPPROTO_IP, IP_NODEFRAG, new Int32Array([1]), 4), 'send fragments')
    return fd
  } catch (error) {
    sys.close(fd)
    throw error
  }
}

/**
 * Makes the failure of a call an error that says what the socket cannot do.
 * @param result what the call returned: -1 on failure.
 * @throws EnvironmentError on failure, with the name of errno.
 */
export function must(result: number, what: string): void {
  if (result !== -1) return
  throw new EnvironmentError(
    `A raw GRE socket cannot ${what}: ${libc().errno()}`,
    'Check the address and the routes of this machine (ip address, ip route)',
  )
}

/** Sets the options of a socket for GRE; those that the system lacks stay as they are. */
export function setGreOptions(fd: number): void {
  const sys = libc()
  const set = (level: number, option: number, value: number): boolean =>
    sys.setsockopt(fd, level, option, new Int32Array([value]), 4) !== -1
  // Beyond rmem_max where CAP_NET_ADMIN allows it, up to rmem_max elsewhere.
  if (!set(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_ROOM)) set(SOL_SOCKET, SO_RCVBUF, RECEIVE_ROOM)
  // Only errors that end the path are wanted, not the error queue with every transient one.
  set(IPPROTO_IP, IP_RECVERR, 0)
  // A packet of any size leaves, in fragments where it must.
  set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
}

/**
 * An address as struct sockaddr_in, with port 0.
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
 * The address that a socket sends from, dotted IPv4.
 * @throws EnvironmentError when the system does not tell it.
 */
export function localAddress(fd: number): string {
  const octets = new Uint8Array(16)
  must(libc().getsockname(fd, octets, new Uint32Array([octets.length])), 'tell its own address')
  return octets.subarray(4, 8).join('.')
}
