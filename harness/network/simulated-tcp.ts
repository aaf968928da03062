import { copyOf } from '../protocol/octets.ts'
import type { Clock, Endpoint, TcpConnection, TcpEvent } from './network.ts'

/** One end of a simulated connection, with what its network needs to tidy up. */
export interface SimulatedConnection extends TcpConnection {
  /**
   * Calls back once when the connection is over: both directions finished, or reset by either end.
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
 * Octets that an end takes without its listener reading them; then the sender waits. TCP's largest
 * window without scaling.
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
  /** The sender is about to hear of room in the window. */
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
 * An established connection. What one call sends arrives as one event, unless it is longer than the
 * window.
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

/** Sends an event to the other end. */
function travel({ clock, latency, peer }: End, event: TcpEvent): void {
  clock.after(latency, () => arrive(peer(), event))
}

/** Sends what is queued, as far as the other end's window has room. */
function transmit(end: End): void {
  const { queue } = end
  for (let chunk = queue[0]; chunk !== undefined; chunk = queue[0]) {
    const room = WINDOW - end.unread
    // A chunk is cut only when no window can take it whole.
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

/** Both directions are finished, or one end has reset. */
function finish(end: End): void {
  end.over = true
  end.queue.length = 0
  end.inbox = [{ kind: 'closed' }]
  end.whenOver()
}

/** A segment arrives. */
function arrive(end: End, event: TcpEvent): void {
  if (end.over) return
  if (event.kind === 'reset') {
    // Nothing leaves any more, though what had arrived may still be read.
    end.queue.length = 0
    end.fin = 'sent'
  }
  end.inbox.push(event)
  deliver(end)
}

/** Hands over what has arrived, while somebody listens and reads. */
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

/** Notes that the other end has read a number of our octets. */
function acknowledge(end: End, octets: number): void {
  end.unread -= octets
  // The sender hears of the room a latency later; an update that would change nothing is left out.
  if (end.updateDue || (end.queue.length === 0 && end.fin !== 'queued')) return
  end.updateDue = true
  end.clock.after(end.latency, () => {
    end.updateDue = false
    transmit(end)
  })
}
