import type { TcpListener } from '../../network/network.ts'
import { type MessageName, PPTP_PORT } from '../../protocol/messages.ts'
import type { RecordedConnection, RecordedNetwork } from '../../trace/recorder.ts'
import type { Control } from '../control.ts'
import { createMailbox, type Mailbox } from '../mailbox.ts'
import type { TesterContext } from '../tester-context.ts'

/** How the tester takes a TCP connection that the IUT opens. */
export interface TakeOptions {
  /** How many ms to wait for the connection; the timer profile's `dial` unless given. */
  readonly window?: number
  /**
   * Whether the tester answers Echo-Requests itself; true unless given. False: the scenario sees
   * them.
   */
  readonly answerEchoes?: boolean
  /**
   * Names of messages that the scenario sees only when it awaits them by name; Set-Link-Info unless
   * given.
   */
  readonly setAside?: readonly MessageName[]
}

/**
 * Messages that a PNS may send at any time during a call, and that answer nothing (section 2.15).
 */
export const AT_ANY_TIME: readonly MessageName[] = ['Set-Link-Info']
/**
 * Messages that a recipient may send at any time, whatever it is asked: in a call it tells of
 * errors (2.14) or of maps (2.15), and it may have a call to offer (3.2.3.1).
 */
export const OF_A_RECIPIENT: readonly MessageName[] = [
  'WAN-Error-Notify',
  'Incoming-Call-Request',
  ...AT_ANY_TIME,
]

/**
 * How many connections may wait for the scenario to take them; further ones are reset. An
 * originator may dial over and over.
 */
const WAITING = 32

/** What arrivals need from their tester. */
export interface ArrivalsOptions<R extends string> {
  readonly context: Pick<TesterContext<R>, 'clock' | 'timers'>
  readonly network: RecordedNetwork
  /** The IUT's address: connections from other addresses are not taken. */
  readonly iut: string
  /** Makes a TCP connection one of the tester's control connections. */
  readonly adopt: (connection: RecordedConnection, options: Omit<TakeOptions, 'window'>) => Control<R>
}

/** TCP connections that the IUT opens to the tester, in the order in which they come. */
export interface Arrivals<R extends string> extends ArrivalsOptions<R> {
  readonly arrived: Mailbox<RecordedConnection>
  /** Connections that the scenario has not taken yet. */
  readonly waiting: Set<RecordedConnection>
  /** Listeners by their address. */
  readonly listeners: Map<string, Promise<TcpListener>>
  /** Whether the scenario has ended: further connections are reset. */
  closed: boolean
}

/** Makes arrivals that listen nowhere yet: see `listenAt`. */
export function createArrivals<R extends string>(options: ArrivalsOptions<R>): Arrivals<R> {
  const arrived = createMailbox<RecordedConnection>(options.context.clock)
  return { ...options, arrived, waiting: new Set(), listeners: new Map(), closed: false }
}

/** Listens on port 1723 of one of the tester's addresses; idempotent. */
export function listenAt<R extends string>(arrivals: Arrivals<R>, address: string): Promise<TcpListener> {
  const { listeners, network, iut } = arrivals
  const listening =
    listeners.get(address) ??
    network.listen({ address, port: PPTP_PORT }, (connection) => admit(arrivals, connection), { from: iut })
  listeners.set(address, listening)
  return listening
}

function admit<R extends string>(
  { closed, waiting, arrived }: Arrivals<R>,
  connection: RecordedConnection,
): void {
  if (closed || waiting.size >= WAITING) {
    connection.reset()
    return
  }
  waiting.add(connection)
  arrived.put(connection)
}

/** Takes the next connection; undefined when no connection comes within the window. */
export async function takeArrival<R extends string>(
  { context, arrived, waiting, adopt }: Arrivals<R>,
  { window = context.timers.dial, ...options }: TakeOptions = {},
): Promise<Control<R> | undefined> {
  const connection = await arrived.take(window)
  if (connection === undefined) return undefined
  waiting.delete(connection)
  return adopt(connection, { setAside: AT_ANY_TIME, ...options })
}

/** Stops listening, and resets connections that were not taken. Returns how many those were. */
export async function closeArrivals<R extends string>(arrivals: Arrivals<R>): Promise<number> {
  const { listeners, waiting } = arrivals
  arrivals.closed = true
  for (const listening of listeners.values())
    await listening.then(
      (listener) => listener.close(),
      // Listening failed: the scenario got that error already.
      () => {},
    )
  for (const connection of waiting) connection.reset()
  return waiting.size
}
