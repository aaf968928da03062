import type { Clock, Timer } from '../network/network.ts'
import { isLater } from '../protocol/gre.ts'
import { createSlidingWindow } from '../reference/sliding-window.ts'
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
/** Bounds of the adaptive time-out in ms (section 4.4). */
const TIME_OUT = { minimumTimeOut: 500, maximumTimeOut: 10_000 }

/**
 * Takes over a tunnel's packets once it is opened. Data is acknowledged at once, on data of ours
 * where there is some; never more packets are on their way than the IUT's window has room for.
 */
export function createCarrier({ tunnel, clock, deliver }: CarrierOptions): Carrier {
  const window = createSlidingWindow({ maximum: tunnel.peersWindow, processingDelay: 0, ...TIME_OUT })
  let queue: Uint8Array[] = []
  /** Sent and not yet acknowledged, oldest first. */
  let awaiting: { readonly sequence: number; readonly sentAt: number }[] = []
  let timeOut: Timer | undefined
  let delivered: number | undefined
  /** Whether something of ours has carried the acknowledgment of what came last. */
  let acknowledged = true
  let discarded = 0
  let unacknowledged = 0
  let closed = false

  function pump(): void {
    while (!closed && awaiting.length < window.size()) {
      const frame = queue.shift()
      if (frame === undefined) return
      const { sequenceNumber = 0 } = tunnel.send(frame)
      awaiting.push({ sequence: sequenceNumber, sentAt: clock.now() })
      acknowledged = true
      if (awaiting.length === 1) watch()
    }
  }

  function watch(): void {
    timeOut?.cancel()
    const [oldest] = awaiting
    if (oldest === undefined) return
    timeOut = clock.after(Math.max(0, oldest.sentAt + window.timeOut() - clock.now()), () => {
      // Presumed lost, and never sent again: PPP has its own ways (section 4.2.3).
      unacknowledged += awaiting.length
      awaiting = []
      window.timedOut()
      pump()
    })
  }

  function heed(number: number): void {
    const before = awaiting.length
    const sample = awaiting.find(({ sequence }) => sequence === number)
    awaiting = awaiting.filter(({ sequence }) => isLater(sequence, number))
    if (awaiting.length === before) return
    if (sample !== undefined) window.acknowledged(before - awaiting.length, clock.now() - sample.sentAt)
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
