import { copyOf } from '../protocol/octets.ts'
import type { Clock, Endpoint, TcpConnection, TcpEvent } from './network.ts'

/** One end of a simulated connection, with what its network needs to tidy up. */
export interface SimulatedConnection extends TcpConnection {
  /**
   * Calls back once when the connection is over: both directions finished, or reset by either end.
   */
  whenOver(callback: () => void): void
}

/** What the ends of a connection are to each other. */
interface End {
  readonly connection: SimulatedConnection
  /** A segment arrives. */
  arrive(event: TcpEvent): void
  /** The other end has read so many of our octets. */
  acknowledge(octets: number): void
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

/**
 * An established connection. What one call sends arrives as one event, unless it is longer than the
 * window.
 */
export function createLink({ clock, latency, client, server }: LinkOptions): {
  readonly client: SimulatedConnection
  readonly server: SimulatedConnection
} {
  const clientEnd: End = createEnd(clock, latency, client, server, () => serverEnd)
  const serverEnd: End = createEnd(clock, latency, server, client, () => clientEnd)
  return { client: clientEnd.connection, server: serverEnd.connection }
}

function createEnd(clock: Clock, latency: number, local: Endpoint, remote: Endpoint, peer: () => End): End {
  // Sending.
  const queue: Uint8Array[] = []
  /** Sent, and not yet read by the other end's listener. */
  let unread = 0
  let fin: 'open' | 'queued' | 'sent' = 'open'
  let updateDue = false
  // Receiving.
  let inbox: TcpEvent[] = []
  let listener: ((event: TcpEvent) => void) | undefined
  let paused = false
  let delivering = false
  let finRead = false
  // Both.
  let over = false
  let whenOver = (): void => {}

  const travel = (event: TcpEvent): void => {
    clock.after(latency, () => peer().arrive(event))
  }

  const transmit = (): void => {
    for (let chunk = queue[0]; chunk !== undefined; chunk = queue[0]) {
      const room = WINDOW - unread
      // A chunk is cut only when no window can take it whole.
      if (chunk.length > room && unread > 0) return
      const octets = chunk.length > room ? chunk.subarray(0, room) : chunk
      if (octets.length === chunk.length) queue.shift()
      else queue[0] = chunk.subarray(room)
      unread += octets.length
      travel({ kind: 'data', octets })
    }
    if (fin !== 'queued') return
    fin = 'sent'
    travel({ kind: 'end' })
    if (finRead) {
      finish()
      clock.after(0, deliver)
    }
  }

  const finish = (): void => {
    over = true
    queue.length = 0
    inbox = [{ kind: 'closed' }]
    whenOver()
  }

  const deliver = (): void => {
    if (delivering) return
    delivering = true
    try {
      while (listener !== undefined && (!paused || over)) {
        const event = inbox.shift()
        if (event === undefined) break
        if (event.kind === 'data') peer().acknowledge(event.octets.length)
        if (event.kind === 'end') finRead = true
        listener(event)
        // The listener may have reset the connection.
        if (!over && (event.kind === 'reset' || (event.kind === 'end' && fin === 'sent'))) finish()
      }
    } finally {
      delivering = false
    }
  }

  const connection: SimulatedConnection = {
    local,
    remote,
    send(octets) {
      if (over || fin !== 'open' || octets.length === 0) return
      queue.push(copyOf(octets))
      transmit()
    },
    end() {
      if (over || fin !== 'open') return
      fin = 'queued'
      transmit()
    },
    reset() {
      if (over) return
      finish()
      travel({ kind: 'reset', detail: 'ECONNRESET' })
      clock.after(0, deliver)
    },
    pause(next) {
      paused = next
      if (!paused) clock.after(0, deliver)
    },
    onEvent(next) {
      listener = next
      deliver()
    },
    whenOver(callback) {
      whenOver = callback
    },
  }

  return {
    connection,
    arrive(event) {
      if (over) return
      if (event.kind === 'reset') {
        // Nothing leaves any more, though what had arrived may still be read.
        queue.length = 0
        fin = 'sent'
      }
      inbox.push(event)
      deliver()
    },
    acknowledge(octets) {
      unread -= octets
      // The sender hears of the room a latency later; an update that would change nothing is left
      // out.
      if (updateDue || (queue.length === 0 && fin !== 'queued')) return
      updateDue = true
      clock.after(latency, () => {
        updateDue = false
        transmit()
      })
    },
  }
}
