import type { TcpListener } from '../../network/network.ts'
import { type MessageName, PPTP_PORT } from '../../protocol/messages.ts'
import type { RecordedConnection, RecordedNetwork } from '../../trace/recorder.ts'
import type { Control } from '../control.ts'
import { createMailbox, type Mailbox } from '../mailbox.ts'
import type { TesterContext } from '../tester-context.ts'

/** How one of the IUT's connections is taken. */
export interface TakeOptions {
  /** ms from now until it has to be there; the timer profile's `dial` unless given. */
  readonly window?: number
  /** False: the IUT's Echo-Requests come to the scenario; true unless given. */
  readonly answerEchoes?: boolean
  /**
   * Messages that wait until they are awaited by name, whatever comes before or behind them;
   * Set-Link-Info unless given.
   */
  readonly setAside?: readonly MessageName[]
}

/**
 * What a PNS may say of its calls whenever it has one (section 2.15): never an answer to anything.
 */
export const AT_ANY_TIME: readonly MessageName[] = ['Set-Link-Info']

/**
 * Connections that wait to be asked for: an originator may dial again and again. More are reset.
 */
const WAITING = 32

/** What arrivals need of their tester. */
export interface ArrivalsOptions<R extends string> {
  readonly context: Pick<TesterContext<R>, 'clock' | 'timers'>
  readonly network: RecordedNetwork
  /** The IUT's address: connections from others are not ours. */
  readonly iut: string
  readonly adopt: (connection: RecordedConnection, options: Omit<TakeOptions, 'window'>) => Control<R>
}

/** TCP connections that the IUT opens to the tester, in the order in which they come. */
export interface Arrivals<R extends string> extends ArrivalsOptions<R> {
  readonly arrived: Mailbox<RecordedConnection>
  /** Those that nobody asked for yet. */
  readonly waiting: Set<RecordedConnection>
  /** By the address that they listen at. */
  readonly listeners: Map<string, Promise<TcpListener>>
  closed: boolean
}

/** Nothing arrives before `listenAt`. */
export function createArrivals<R extends string>(options: ArrivalsOptions<R>): Arrivals<R> {
  const arrived = createMailbox<RecordedConnection>(options.context.clock)
  return { ...options, arrived, waiting: new Set(), listeners: new Map(), closed: false }
}

/** Takes connections to port 1723 of one of the tester's addresses; idempotent. */
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

/** The next connection that nobody has taken; undefined when none comes. */
export async function takeArrival<R extends string>(
  { context, arrived, waiting, adopt }: Arrivals<R>,
  { window = context.timers.dial, ...options }: TakeOptions = {},
): Promise<Control<R> | undefined> {
  const connection = await arrived.take(window)
  if (connection === undefined) return undefined
  waiting.delete(connection)
  return adopt(connection, { setAside: AT_ANY_TIME, ...options })
}

/** Takes no more connections, and resets those that nobody took; returns their number. */
export async function closeArrivals<R extends string>(arrivals: Arrivals<R>): Promise<number> {
  const { listeners, waiting } = arrivals
  arrivals.closed = true
  for (const listening of listeners.values())
    await listening.then(
      (listener) => listener.close(),
      // The scenario has heard of it.
      () => {},
    )
  for (const connection of waiting) connection.reset()
  return waiting.size
}
