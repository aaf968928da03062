/**
 * Sections 4.2 and 4.4: how many packets may be on their way, and how long to wait for their
 * acknowledgment. Pure.
 */

/** Gains of section 4.4.1 and 4.4.2, as suggested there. */
const ALPHA = 1 / 8
const BETA = 1 / 4
const CHI = 4
const DELTA = 2

export interface SlidingWindowOptions {
  /** The receiver's window in packets; 0 counts as 1 (interpretation A-45). */
  readonly maximum: number
  /** The receiver's Packet Processing Delay in ms: the first estimate of the round trip. */
  readonly processingDelay: number
  /** ms. */
  readonly minimumTimeOut: number
  readonly maximumTimeOut: number
}

export interface SlidingWindow {
  /** Packets that may await acknowledgment. */
  size(): number
  /** Adaptive time-out in ms for the next packet. */
  timeOut(): number
  /**
   * `packets` were acknowledged at once; `sample`: ms since the latest of them was sent (section
   * 4.2.5).
   */
  acknowledged(packets: number, sample: number): void
  /**
   * An acknowledgment did not come in time (sections 4.2.2 and 4.4.2); `delta`: by how much the
   * next time-out is longer, 2 unless given.
   */
  timedOut(delta?: number): void
}

/** Starts at half the maximum, rounded up (section 4.2.1, interpretation A-59). */
export function createSlidingWindow(options: SlidingWindowOptions): SlidingWindow {
  const maximum = Math.max(1, options.maximum)
  let size = half(maximum)
  /** Packets acknowledged since the window last changed. */
  let credit = 0
  let rtt = options.processingDelay
  let deviation = 0

  return {
    size: () => size,
    timeOut: () => Math.max(options.minimumTimeOut, Math.min(rtt + CHI * deviation, options.maximumTimeOut)),
    acknowledged(packets, sample) {
      const difference = sample - rtt
      deviation += BETA * (Math.abs(difference) - deviation)
      rtt += ALPHA * difference
      credit += packets
      if (credit < size) return
      credit = 0
      size = Math.min(maximum, size + 1)
    },
    timedOut(delta = DELTA) {
      // Bounded, so that a peer which never acknowledges cannot make it overflow.
      rtt = Math.min(delta * Math.max(rtt, 1), options.maximumTimeOut)
      credit = 0
      size = half(size)
    },
  }
}

/** Fractions are rounded up and one is the least (section 4.2.2). */
function half(packets: number): number {
  return Math.max(1, Math.ceil(packets / 2))
}
