import { copyOf } from '../protocol/octets.ts'
import type { Clock, Endpoint, TcpConnection, TcpEvent } from './network.ts'

/** One end of a simulated connection, which tells its network when it is over. */
export interface SimulatedConnection extends TcpConnection {
  /**
   * Calls `callback` once the connection is over: both directions are finished, or either end has
   * reset it.
   */
  whenOver(callback: () => void): void
}

export interface LinkOptions {
  readonly clock: Clock
  /** One-way delay in ms. */
  readonly latency: number
  readonly client: Endpoint
  readonly server: Endpoint
}

/**
 * The most octets that an end holds unread, after which the sender waits: TCP's largest window
 * without scaling.
 */
const WINDOW = 65_535

/** One end of a connection. */
interface End {
  readonly clock: Clock
  /** One-way delay in ms. */
  readonly latency: number
  // Sending.
  readonly queue: Uint8Array[]
  /** Octets sent, and not yet read by the other end's listener. */
  unread: number
  fin: 'open' | 'queued' | 'sent'
  /** News of room in the window is under way to the sender. */
  updateDue: boolean
  // Receiving.
  inbox: TcpEvent[]
  listener: ((event: TcpEvent) => void) | undefined
  paused: boolean
  delivering: boolean
  finRead: boolean
  // Both.
  over: boolean
  whenOver: () => void
  readonly peer: () => End
}

/**
 * Creates an established connection. The octets of one `send` arrive as one event, unless they
 * exceed the window.
 */
export function createLink({ clock, latency, client, server }: LinkOptions): {
  readonly client: SimulatedConnection
  readonly server: SimulatedConnection
} {
  const clientEnd: End = createEnd(clock, latency, () => serverEnd)
  const serverEnd: End = createEnd(clock, latency, () => clientEnd)
  return {
    client: connectionOf(clientEnd, client, server),
    server: connectionOf(serverEnd, server, client),
  }
}

function createEnd(clock: Clock, latency: number, peer: () => End): End {
  return {
    clock,
    latency,
    queue: [],
    unread: 0,
    fin: 'open',
    updateDue: false,
    inbox: [],
    listener: undefined,
    paused: false,
    delivering: false,
    finRead: false,
    over: false,
    whenOver: () => {},
    peer,
  }
}

function connectionOf(end: End, local: Endpoint, remote: Endpoint): SimulatedConnection {
  return {
    local,
    remote,
    send(octets) {
      if (end.over || end.fin !== 'open' || octets.length === 0) return
      end.queue.push(copyOf(octets))
      transmit(end)
    },
    end() {
      if (end.over || end.fin !== 'open') return
      end.fin = 'queued'
      transmit(end)
    },
    reset() {
      if (end.over) return
      finish(end)
      travel(end, { kind: 'reset', detail: 'ECONNRESET' })
      end.clock.after(0, () => deliver(end))
    },
    pause(paused) {
      end.paused = paused
      if (!paused) end.clock.after(0, () => deliver(end))
    },
    onEvent(listener) {
      end.listener = listener
      deliver(end)
    },
    whenOver(callback) {
      end.whenOver = callback
    },
  }
}

/** Delivers an event to the other end after the latency. */
function travel({ clock, latency, peer }: End, event: TcpEvent): void {
  clock.after(latency, () => arrive(peer(), event))
}

/** Sends the queued octets, as far as the other end's window has room, and then a queued FIN. */
function transmit(end: End): void {
  const { queue } = end
  for (let chunk = queue[0]; chunk !== undefined; chunk = queue[0]) {
    const room = WINDOW - end.unread
    // A chunk is cut only when it is larger than an empty window.
    if (chunk.length > room && end.unread > 0) return
    const octets = chunk.length > room ? chunk.subarray(0, room) : chunk
    if (octets.length === chunk.length) queue.shift()
    else queue[0] = chunk.subarray(room)
    end.unread += octets.length
    travel(end, { kind: 'data', octets })
  }
  if (end.fin !== 'queued') return
  end.fin = 'sent'
  travel(end, { kind: 'end' })
  if (end.finRead) {
    finish(end)
    end.clock.after(0, () => deliver(end))
  }
}

/** Ends the connection at this end: both directions are finished, or one end has reset it. */
function finish(end: End): void {
  end.over = true
  end.queue.length = 0
  end.inbox = [{ kind: 'closed' }]
  end.whenOver()
}

/** Takes an event that arrives from the other end. */
function arrive(end: End, event: TcpEvent): void {
  if (end.over) return
  if (event.kind === 'reset') {
    // This end sends nothing more, but its listener may still read earlier events.
    end.queue.length = 0
    end.fin = 'sent'
  }
  end.inbox.push(event)
  deliver(end)
}

/** Hands over the events that have arrived, unless there is no listener or reading is paused. */
function deliver(end: End): void {
  if (end.delivering) return
  end.delivering = true
  try {
    while (end.listener !== undefined && (!end.paused || end.over)) {
      const event = end.inbox.shift()
      if (event === undefined) break
      if (event.kind === 'data') acknowledge(end.peer(), event.octets.length)
      if (event.kind === 'end') end.finRead = true
      end.listener(event)
      // The listener may have reset the connection.
      if (!end.over && (event.kind === 'reset' || (event.kind === 'end' && end.fin === 'sent'))) finish(end)
    }
  } finally {
    end.delivering = false
  }
}

/** Notes that the other end has read this many of our octets. */
function acknowledge(end: End, octets: number): void {
  end.unread -= octets
  // The sender learns of the room after the latency. No update is sent if one is under way, or if
  // the sender has nothing to send.
  if (end.updateDue || (end.queue.length === 0 && end.fin !== 'queued')) return
  end.updateDue = true
  end.clock.after(end.latency, () => {
    end.updateDue = false
    transmit(end)
  })
}
