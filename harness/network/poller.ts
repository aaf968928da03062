import { EnvironmentError } from '../errors/errors.ts'
import { EFD_CLOEXEC, EFD_NONBLOCK, libc, POLLIN } from './libc.ts'

/** A descriptor that the shared poller watches for input or a pending error. */
export interface PolledSocket {
  readonly fd: number
  /** Reads what is there, up to some bound: it is called again while anything is left. */
  drain(): void
}

/**
 * How long one poll may take, in ms. The wake descriptor ends it at once when something changes;
 * this bound is for a process or worker that is torn down without its exit event, which waits for
 * the poll to return.
 */
const POLL_TIMEOUT = 1_000
const EVENTFD_ONE = new Uint8Array(new BigUint64Array([1n]).buffer)
const wakeCount = new Uint8Array(8)

/**
 * One poll for all raw sockets of the process, on one thread of libuv's pool (which has four):
 * libuv itself cannot watch a raw socket. While anything is watched it keeps the process alive, as
 * any open socket does; afterwards it holds nothing.
 */
const watched = new Map<number, PolledSocket>()
/**
 * Descriptors to close as soon as no poll looks at them: their numbers must not be reused under a
 * running poll.
 */
let released: number[] = []
let polling = false
let turnScheduled = false
let wakeFd = -1
/** What poll looks at; absent when the watched sockets have changed since it was made. */
let table: PollTable | undefined

interface PollTable {
  readonly sockets: readonly PolledSocket[]
  readonly octets: Uint8Array
  /** The same memory as 16-bit numbers, for `events` and `revents`. */
  readonly halves: Int16Array
}

/** @throws EnvironmentError when the process has no descriptor left */
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
    // process.exit waits for threads of the pool, so it would wait for the poll.
    process.on('exit', wake)
  }
  watched.set(socket.fd, socket)
  changed()
}

/** Stops watching and closes the descriptor, now or when the poll in flight has returned. */
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
 * One round, with no poll in flight: closes what was released, serves what is ready, and otherwise
 * waits.
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
    // The event loop gets its turn between two rounds, however fast packets come in.
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
