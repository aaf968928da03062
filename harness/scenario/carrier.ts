import type { Clock, Timer } from '../network/network.ts'
import { isLater } from '../protocol/gre.ts'
import { addSent, createFlight, deadlineOf, giveUpSent, hasRoom, takeAcknowledgment } from './flight.ts'
import type { ReceivedGre, TunnelEnd } from './tunnel.ts'

/**
 * PPP frames over one call's tunnel as sections 4.2 to 4.4 want them carried: the tester where it
 * behaves.
 */
export interface Carrier {
  /** Begins to take packets; those that came before are delivered within this call. */
  open(): void
  /** Sends a frame as soon as the IUT's window allows. */
  send(frame: Uint8Array): void
  /** Packets that came late or twice, and were dropped (section 4.3). */
  discarded(): number
  /** Packets of ours that were not acknowledged in time. */
  unacknowledged(): number
  /** Sends and takes nothing more. */
  close(): void
}

export interface CarrierOptions {
  readonly tunnel: TunnelEnd
  readonly clock: Clock
  /** Takes each frame once and in order, with the trace entry that brought it. */
  readonly deliver: (frame: Uint8Array, entry: number) => void
}

/** Frames that wait for the IUT's window; more are dropped (section 4.2.4). */
const QUEUE = 1024

/**
 * Takes over a tunnel's packets once it is opened. Data is acknowledged at once, on data of ours
 * where there is some; never more packets are on their way than the IUT's window has room for.
 */
export function createCarrier({ tunnel, clock, deliver }: CarrierOptions): Carrier {
  const flight = createFlight(tunnel.peersWindow)
  let queue: Uint8Array[] = []
  let timeOut: Timer | undefined
  let delivered: number | undefined
  /** Whether something of ours has carried the acknowledgment of what came last. */
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
