import type { TcpConnection, TcpEvent } from '../network/network.ts'
import { copyOf } from '../protocol/octets.ts'
import { type Recording, record } from './recording.ts'
import type { Side, TraceEntry } from './trace.ts'

/** A TCP connection whose listener learns the trace entry of each event. */
export interface RecordedConnection extends TcpConnection {
  /**
   * Like `TcpConnection.onEvent`. `entry` is the index of the event's entry, also when the event
   * was kept for this call. An event without an entry, which is `closed` and any event after an
   * overflow, comes with the index of the newest entry.
   */
  onEvent(listener: (event: TcpEvent, entry: number) => void): void
}

/** A connection of a recording. */
interface Recorded {
  readonly recording: Recording
  readonly number: number
  readonly inner: TcpConnection
  /** What still may leave: nothing after FIN, nothing at all once the connection is gone. */
  state: 'open' | 'ended' | 'gone'
  listener: ((event: TcpEvent, entry: number) => void) | undefined
  /** Events that came before anybody listened. */
  readonly kept: { readonly event: TcpEvent; readonly entry: number }[]
  /** Resets the connection, unless it is gone; in the set of open ones until then. */
  readonly handle: { reset(detail: string): void }
}

/** The same connection, recorded from its opening on. */
export function recordConnection(
  recording: Recording,
  inner: TcpConnection,
  opener: Side,
): RecordedConnection {
  const number = ++recording.connections
  record(recording, { kind: 'tcp-open', connection: number, opener, tester: inner.local, iut: inner.remote })
  const connection: Recorded = {
    recording,
    number,
    inner,
    state: 'open',
    listener: undefined,
    kept: [],
    handle: { reset: (detail) => reset(connection, detail) },
  }
  recording.open.add(connection.handle)
  inner.onEvent((event) => hear(connection, event))
  return {
    local: inner.local,
    remote: inner.remote,
    send(data) {
      if (connection.state === 'open')
        record(recording, { kind: 'tcp-data', connection: number, from: 'tester', octets: copyOf(data) })
      inner.send(data)
    },
    end() {
      if (connection.state === 'open') {
        connection.state = 'ended'
        record(recording, { kind: 'tcp-end', connection: number, from: 'tester' })
      }
      inner.end()
    },
    reset: () => reset(connection, 'reset by the tester'),
    pause: (paused) => inner.pause(paused),
    onEvent(listener) {
      connection.listener = listener
      for (const { event, entry } of connection.kept.splice(0)) listener(event, entry)
    },
  }
}

function reset(connection: Recorded, detail: string): void {
  const { recording, number, inner } = connection
  if (connection.state === 'gone') return
  leave(connection)
  record(recording, { kind: 'tcp-reset', connection: number, from: 'tester', detail })
  inner.reset()
}

/** The connection is gone. */
function leave(connection: Recorded): void {
  connection.state = 'gone'
  connection.recording.open.delete(connection.handle)
}

function hear(connection: Recorded, original: TcpEvent): void {
  const { recording, kept } = connection
  // Our own copy: the socket below may use its buffer again.
  const event: TcpEvent =
    original.kind === 'data' ? { kind: 'data', octets: copyOf(original.octets) } : original
  const entry = recordEvent(connection, event)?.index ?? recording.entries.length - 1
  if (event.kind === 'reset' || event.kind === 'closed') leave(connection)
  // After an overflow only the end of the connection is news.
  if (recording.overflow !== undefined && event.kind === 'data') return
  const { listener } = connection
  if (listener === undefined) kept.push({ event, entry })
  else listener(event, entry)
}

function recordEvent({ recording, number }: Recorded, event: TcpEvent): TraceEntry | undefined {
  switch (event.kind) {
    case 'data':
      return record(recording, { kind: 'tcp-data', connection: number, from: 'iut', octets: event.octets })
    case 'end':
      return record(recording, { kind: 'tcp-end', connection: number, from: 'iut' })
    case 'reset':
      return record(recording, { kind: 'tcp-reset', connection: number, from: 'iut', detail: event.detail })
    case 'closed':
      return undefined
  }
}
