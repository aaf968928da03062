import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { EnvironmentError } from '../errors/errors.ts'

/**
 * The libc calls that raw sockets need. Each returns -1 on failure, and `errno` then names the
 * cause.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number
  bind(fd: number, address: Uint8Array, length: number): number
  connect(fd: number, address: Uint8Array, length: number): number
  getsockname(fd: number, address: Uint8Array, length: Uint32Array): number
  setsockopt(fd: number, level: number, option: number, value: Int32Array, length: number): number
  getsockopt(fd: number, level: number, option: number, value: Uint32Array, length: Uint32Array): number
  send(fd: number, octets: Uint8Array, length: number, flags: number): number
  recv(fd: number, octets: Uint8Array, length: number, flags: number): number
  /**
   * Receives up to `count` packets and returns their number. `messages` holds an array of struct
   * mmsghdr, which point to the memory for the packets. Undefined where libc lacks it, and on
   * 32-bit systems, whose structures have another layout.
   */
  recvmmsg:
    | ((fd: number, messages: Uint8Array, count: number, flags: number, timeout: null) => number)
    | undefined
  poll(entries: Uint8Array, count: number, timeout: number): number
  /** Calls `poll` on a thread of libuv's pool; `entries` must not change until `done` is called. */
  pollAsync(entries: Uint8Array, count: number, timeout: number, done: (result: number) => void): void
  eventfd(initial: number, flags: number): number
  read(fd: number, octets: Uint8Array, length: number): number
  write(fd: number, octets: Uint8Array, length: number): number
  close(fd: number): number
  /**
   * Returns the address of octets in memory, for structures that point to them. The caller must
   * keep a reference to `octets` as long as the address is used.
   */
  addressOf(octets: Uint8Array): bigint
  /**
   * Returns the name of the last call's errno, e.g. `EPERM`; `errno 999` when the system has no
   * name for it.
   */
  errno(): string
}

/** Linux's values of the constants below; the same on every architecture that Node runs on. */
export const AF_INET = 2
export const SOCK_RAW = 3
export const SOCK_CLOEXEC = 0o2000000
export const IPPROTO_IP = 0
export const IPPROTO_GRE = 47
/** A socket of this protocol sends whole IP packets, header included, and receives nothing. */
export const IPPROTO_RAW = 255
export const IP_MTU_DISCOVER = 10
export const IP_PMTUDISC_DONT = 0
export const IP_RECVERR = 11
export const IP_NODEFRAG = 22
export const SOL_SOCKET = 1
export const SO_RCVBUF = 8
export const SO_RCVBUFFORCE = 33
/**
 * Option that returns `MEMINFO_NUMBERS` 32-bit numbers about a socket's memory. The one at index
 * `MEMINFO_DROPS` counts the packets that were dropped because the socket was full.
 */
export const SO_MEMINFO = 55
export const MEMINFO_NUMBERS = 9
export const MEMINFO_DROPS = 8
export const MSG_DONTWAIT = 0x40
export const POLLIN = 0x1
export const EFD_NONBLOCK = 0o4000
export const EFD_CLOEXEC = 0o2000000

const errnoNames = new Map<number, string>()
for (const [name, value] of Object.entries(constants.errno)) {
  // EWOULDBLOCK and EAGAIN share a number, as do ENOTSUP and EOPNOTSUPP: the first name is used.
  if (!errnoNames.has(value)) errnoNames.set(value, name)
}

let loaded: Libc | undefined

/**
 * Returns libc, loaded on first use, so that importing this file costs nothing and works on every
 * platform.
 * @throws EnvironmentError on anything but Linux, and where koffi has no binary for this machine.
 */
export function libc(): Libc {
  if (loaded !== undefined) return loaded
  if (process.platform !== 'linux') {
    throw new EnvironmentError(
      `Raw GRE sockets are implemented for Linux only; this is ${process.platform}`,
      'Run on Linux or in a Linux container, or play against the embedded peers on the simulated network',
    )
  }
  try {
    loaded = bindLibc()
  } catch (cause) {
    throw new EnvironmentError(
      `libc cannot be called from Node on this machine (${process.arch})`,
      'Reinstall the dependencies without omitting optional ones: koffi keeps its binaries there',
      { cause },
    )
  }
  return loaded
}

type Koffi = typeof import('koffi')

function bindLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi
  // null means the process itself, which has already loaded the libc of Node (glibc or musl).
  const self = koffi.load(null)
  const poll = self.func('int poll(void *entries, unsigned long count, int timeout)')
  return {
    socket: self.func('int socket(int domain, int type, int protocol)'),
    bind: self.func('int bind(int fd, const void *address, unsigned int length)'),
    connect: self.func('int connect(int fd, const void *address, unsigned int length)'),
    getsockname: self.func('int getsockname(int fd, void *address, void *length)'),
    getsockopt: self.func('int getsockopt(int fd, int level, int option, void *value, void *length)'),
    setsockopt: self.func(
      'int setsockopt(int fd, int level, int option, const void *value, unsigned int length)',
    ),
    send: self.func('long send(int fd, const void *octets, size_t length, int flags)'),
    recv: self.func('long recv(int fd, void *octets, size_t length, int flags)'),
    recvmmsg: bindRecvmmsg(koffi, self),
    poll,
    pollAsync: (entries, count, timeout, done) => {
      poll.async(entries, count, timeout, (error: unknown, result: number) => done(error ? -1 : result))
    },
    eventfd: self.func('int eventfd(unsigned int initial, int flags)'),
    read: self.func('long read(int fd, void *octets, size_t length)'),
    write: self.func('long write(int fd, const void *octets, size_t length)'),
    close: self.func('int close(int fd)'),
    addressOf: (octets) => koffi.address(octets),
    errno: () => {
      const number = koffi.errno()
      return errnoNames.get(number) ?? `errno ${number}`
    },
  } as Libc
}

function bindRecvmmsg(koffi: Koffi, self: ReturnType<Koffi['load']>): Libc['recvmmsg'] {
  if (koffi.sizeof('void *') !== 8) return undefined
  try {
    return self.func(
      'int recvmmsg(int fd, void *messages, unsigned int count, int flags, void *timeout)',
    ) as Libc['recvmmsg']
  } catch {
    return undefined
  }
}
