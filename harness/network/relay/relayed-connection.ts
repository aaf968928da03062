import { createMailbox, type Mailbox } from '../mailbox.ts'
import type { Endpoint, TcpConnection, TcpEvent } from '../network.ts'
import { COMMANDS, type Frame, REPORTS, textOf } from './frames.ts'
import { type OtherHalf, say } from './other-half.ts'

/**
 * The most octets kept while a connection has no listener. Then its socket is not read, so that
 * TCP's window stops the remote end.
 */
const KEPT_OCTETS = 1_048_576

/** A connection whose socket the other half holds. */
interface RelayedConnection {
  readonly half: OtherHalf
  readonly id: number
  readonly events: Mailbox<TcpEvent>
  listening: boolean
  paused: boolean
  /** Octets that arrived before there was a listener. */
  kept: number
  /** Events that arrived while reading was paused. */
  held: TcpEvent[]
  /** The socket is closed. */
  over: boolean
  /** We have sent FIN or RST. */
  ended: boolean
  /** We have sent RST. */
  forgotten: boolean
}

/** Returns the connection with number `id`, which the other half has opened or accepted. */
export function openConnection(
  half: OtherHalf,
  id: number,
  local: Endpoint,
  remote: Endpoint,
): TcpConnection {
  const connection: RelayedConnection = {
    half,
    id,
    events: createMailbox<TcpEvent>(),
    listening: false,
    paused: false,
    kept: 0,
    held: [],
    over: false,
    ended: false,
    forgotten: false,
  }
  half.holders.set(id, (frame) => takeReport(connection, frame))
  return {
    local,
    remote,
    send(octets) {
      if (!connection.ended && !connection.over) say(half, COMMANDS.send, id, octets)
    },
    end() {
      if (connection.ended || connection.over) return
      connection.ended = true
      say(half, COMMANDS.end, id)
    },
    reset: () => reset(connection),
    pause: (paused) => pause(connection, paused),
    onEvent: (listener) => listen(connection, listener),
  }
}

function takeReport(connection: RelayedConnection, { kind, payload }: Frame): void {
  const { half, id } = connection
  if (kind === REPORTS.data) {
    if (!connection.listening) {
      connection.kept += payload.length
      if (connection.kept >= KEPT_OCTETS) say(half, COMMANDS.pause, id)
    }
    tell(connection, { kind: 'data', octets: payload })
  } else if (kind === REPORTS.end) tell(connection, { kind: 'end' })
  else if (kind === REPORTS.reset) tell(connection, { kind: 'reset', detail: textOf(payload) })
  else if (kind === REPORTS.closed) {
    connection.over = true
    half.holders.delete(id)
    tell(connection, { kind: 'closed' })
  }
}

function tell({ events, held, paused, forgotten }: RelayedConnection, event: TcpEvent): void {
  // After our RST, a socket of this machine would report only that it is closed, too.
  if (forgotten && event.kind !== 'closed') return
  if (paused && !forgotten) held.push(event)
  else events.put(event)
}

function reset(connection: RelayedConnection): void {
  connection.ended = true
  if (connection.over || connection.forgotten) return
  connection.forgotten = true
  connection.held = []
  say(connection.half, COMMANDS.reset, connection.id)
}

function pause(connection: RelayedConnection, paused: boolean): void {
  const { half, id, events } = connection
  connection.paused = paused
  say(half, paused ? COMMANDS.pause : COMMANDS.resume, id)
  while (!connection.paused && connection.held.length > 0) events.put(connection.held.shift() as TcpEvent)
}

function listen(connection: RelayedConnection, listener: (event: TcpEvent) => void): void {
  const full = connection.kept >= KEPT_OCTETS
  connection.listening = true
  connection.events.listen(listener)
  if (full && !connection.paused) say(connection.half, COMMANDS.resume, connection.id)
}
