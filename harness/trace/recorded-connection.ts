import type { TcpConnection, TcpEvent } from '../network/network.ts'
import { copyOf } from '../protocol/octets.ts'
import { type Recording, record } from './recording.ts'
import type { Side, TraceEntry } from './trace.ts'

/** A TCP connection whose listener gets the trace entry of each event. */
export interface RecordedConnection extends TcpConnection {
  /**
   * Like `TcpConnection.onEvent`. `entry` is the index of the event's entry, also for events that
   * were kept until there was a listener. `closed`, and any event after an overflow, has no entry:
   * `entry` is then the index of the newest one.
   */
  onEvent(listener: (event: TcpEvent, entry: number) => void): void
}

/** The state of a recorded connection. */
interface Recorded {
  readonly recording: Recording
  readonly number: number
  readonly inner: TcpConnection
  /**
   * `ended`: the tester has sent FIN, so no octets may follow. `gone`: the connection is closed or
   * reset.
   */
  state: 'open' | 'ended' | 'gone'
  listener: ((event: TcpEvent, entry: number) => void) | undefined
  /** Events that came before there was a listener. */
  readonly kept: { readonly event: TcpEvent; readonly entry: number }[]
  /**
   * Resets the connection; it is in the recording's set of open connections until the connection is
   * gone.
   */
  readonly handle: { reset(detail: string): void }
}

/** Wraps a connection so that it is recorded from its opening on. */
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

/** Marks the connection as gone. */
function leave(connection: Recorded): void {
  connection.state = 'gone'
  connection.recording.open.delete(connection.handle)
}

function hear(connection: Recorded, original: TcpEvent): void {
  const { recording, kept } = connection
  // A copy, because the socket may use its buffer again.
  const event: TcpEvent =
    original.kind === 'data' ? { kind: 'data', octets: copyOf(original.octets) } : original
  const entry = recordEvent(connection, event)?.index ?? recording.entries.length - 1
  if (event.kind === 'reset' || event.kind === 'closed') leave(connection)
  // After an overflow the listener gets only the end of the connection.
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
