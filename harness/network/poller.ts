import { EnvironmentError } from '../errors/errors.ts'
import { EFD_CLOEXEC, EFD_NONBLOCK, libc, POLLIN } from './libc.ts'

/** A descriptor that the shared poller watches for input or a pending error. */
export interface PolledSocket {
  readonly fd: number
  /** Reads the input that waits, up to some limit. It is called again while input is left. */
  drain(): void
}

/**
 * How long one poll may take, in ms. The wake descriptor ends a poll at once when the watched
 * sockets change. A process or worker that is torn down without its exit event waits for the poll
 * to return: this limit ends that wait.
 */
const POLL_TIMEOUT = 1_000
const EVENTFD_ONE = new Uint8Array(new BigUint64Array([1n]).buffer)
const wakeCount = new Uint8Array(8)

/**
 * The watched sockets by descriptor. One poll serves all raw sockets of the process, on one of the
 * four threads of libuv's pool: libuv itself cannot watch a raw socket. The poll keeps the process
 * alive while a socket is watched.
 */
const watched = new Map<number, PolledSocket>()
/**
 * Descriptors to close when the running poll has returned: the system must not give their numbers
 * to new sockets before.
 */
let released: number[] = []
let polling = false
let turnScheduled = false
let wakeFd = -1
/** The argument of `poll`; undefined when the watched sockets have changed since it was made. */
let table: PollTable | undefined

interface PollTable {
  readonly sockets: readonly PolledSocket[]
  readonly octets: Uint8Array
  /** The same memory as 16-bit numbers, for `events` and `revents`. */
  readonly halves: Int16Array
}

/**
 * Watches a socket until its descriptor is passed to `release`.
 * @throws EnvironmentError when the process has no descriptor left
 */
export function pollSocket(socket: PolledSocket): void {
  const sys = libc()
  if (wakeFd === -1) {
    wakeFd = sys.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)
    if (wakeFd === -1) {
      throw new EnvironmentError(
        `No event descriptor: ${sys.errno()}`,
        'Raise the limit on open files (ulimit -n)',
      )
    }
    // process.exit waits for the threads of libuv's pool, and so for the poll.
    process.on('exit', wake)
  }
  watched.set(socket.fd, socket)
  changed()
}

/** Stops watching a descriptor, and closes it when no poll is running. */
export function release(fd: number): void {
  watched.delete(fd)
  released.push(fd)
  changed()
}

function changed(): void {
  table = undefined
  if (polling) wake()
  else if (!turnScheduled) {
    turnScheduled = true
    setImmediate(turn)
  }
}

function wake(): void {
  libc().write(wakeFd, EVENTFD_ONE, EVENTFD_ONE.length)
}

/**
 * Closes the released descriptors and serves the sockets that are ready; starts a poll when none
 * is. Called only while no poll is running.
 */
function turn(): void {
  turnScheduled = false
  const sys = libc()
  for (const fd of released) sys.close(fd)
  released = []
  if (watched.size === 0) {
    sys.close(wakeFd)
    wakeFd = -1
    process.off('exit', wake)
    return
  }
  table ??= createPollTable()
  const current = table
  if (sys.poll(current.octets, current.sockets.length + 1, 0) > 0) {
    // The event loop runs between two rounds, however fast packets come in.
    turnScheduled = true
    setImmediate(turn)
    serve(current)
    return
  }
  polling = true
  sys.pollAsync(current.octets, current.sockets.length + 1, POLL_TIMEOUT, (result) => {
    polling = false
    turnScheduled = true
    setImmediate(turn)
    if (result > 0) serve(current)
  })
}

/** Drains every socket for which the poll reported anything: input, or an error to be fetched. */
function serve({ sockets, halves }: PollTable): void {
  for (const [index, socket] of sockets.entries()) {
    // Serving one socket may have closed another.
    if (halves[index * 4 + 3] !== 0 && watched.get(socket.fd) === socket) socket.drain()
  }
  if (halves[sockets.length * 4 + 3] !== 0) libc().read(wakeFd, wakeCount, wakeCount.length)
}

/**
 * An array of struct pollfd { int fd; short events; short revents; }: the sockets, then the wake
 * descriptor.
 */
function createPollTable(): PollTable {
  const sockets = [...watched.values()]
  const words = new Int32Array((sockets.length + 1) * 2)
  const halves = new Int16Array(words.buffer)
  for (const [index, fd] of [...sockets.map((socket) => socket.fd), wakeFd].entries()) {
    words[index * 2] = fd
    halves[index * 4 + 2] = POLLIN
  }
  return { sockets, halves, octets: new Uint8Array(words.buffer) }
}
