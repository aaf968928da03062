import type { Clock, Timer } from '../network/network.ts'
import { isLater } from '../protocol/gre.ts'
import { addSent, createFlight, deadlineOf, giveUpSent, hasRoom, takeAcknowledgment } from './flight.ts'
import type { ReceivedGre, TunnelEnd } from './tunnel.ts'

/** Carries PPP frames over one call's tunnel, following sections 4.2 to 4.4. */
export interface Carrier {
  /** Begins to receive packets; those that have come already are delivered in this call. */
  open(): void
  /** Sends a frame as soon as the IUT's window allows. */
  send(frame: Uint8Array): void
  /** Returns how many packets were dropped because they came late or twice (section 4.3). */
  discarded(): number
  /** Returns how many of our packets were not acknowledged in time. */
  unacknowledged(): number
  /** Stops sending and receiving. */
  close(): void
}

/** What a carrier is made with. */
export interface CarrierOptions {
  readonly tunnel: TunnelEnd
  readonly clock: Clock
  /** Called with each frame once and in order, and with the trace entry of its packet. */
  readonly deliver: (frame: Uint8Array, entry: number) => void
}

/** How many frames may wait for the IUT's window; further ones are dropped (section 4.2.4). */
const QUEUE = 1024

/**
 * Makes a carrier, which receives all packets of the tunnel once it is opened. It acknowledges data
 * at once, if possible in a data packet of its own, and keeps to the IUT's window.
 */
export function createCarrier({ tunnel, clock, deliver }: CarrierOptions): Carrier {
  const flight = createFlight(tunnel.peersWindow)
  let queue: Uint8Array[] = []
  let timeOut: Timer | undefined
  let delivered: number | undefined
  /** Whether a packet of ours has acknowledged the latest received one. */
  let acknowledged = true
  let discarded = 0
  let unacknowledged = 0
  let closed = false

  function pump(): void {
    while (!closed && hasRoom(flight)) {
      const frame = queue.shift()
      if (frame === undefined) return
      const { sequenceNumber = 0 } = tunnel.send(frame)
      addSent(flight, sequenceNumber, clock.now())
      acknowledged = true
      if (flight.awaiting.length === 1) watch()
    }
  }

  function watch(): void {
    timeOut?.cancel()
    const deadline = deadlineOf(flight)
    if (deadline === undefined) return
    timeOut = clock.after(Math.max(0, deadline - clock.now()), () => {
      unacknowledged += giveUpSent(flight)
      pump()
    })
  }

  function heed(number: number): void {
    if (!takeAcknowledgment(flight, number, clock.now())) return
    watch()
    pump()
  }

  function take({ packet, entry }: ReceivedGre): void {
    if (closed) return
    if (packet.acknowledgmentNumber !== undefined) heed(packet.acknowledgmentNumber)
    const { sequenceNumber, payload } = packet
    if (sequenceNumber === undefined || payload.length === 0) return
    if (delivered !== undefined && !isLater(sequenceNumber, delivered)) {
      discarded++
      return
    }
    delivered = sequenceNumber
    acknowledged = false
    deliver(payload, entry)
    if (!acknowledged && !closed) tunnel.acknowledge()
    acknowledged = true
  }

  return {
    open: () => tunnel.listen(take),
    send(frame) {
      if (queue.length < QUEUE) queue.push(frame)
      pump()
    },
    discarded: () => discarded,
    unacknowledged: () => unacknowledged,
    close() {
      closed = true
      queue = []
      timeOut?.cancel()
    },
  }
}
