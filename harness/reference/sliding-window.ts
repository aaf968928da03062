/**
 * The sender's window and the adaptive time-out (sections 4.2 and 4.4): how many packets may await
 * acknowledgment, and how long to wait for it. Pure.
 */

/** The constants that sections 4.4.1 and 4.4.2 suggest. */
const ALPHA = 1 / 8
const BETA = 1 / 4
const CHI = 4
const DELTA = 2

export interface SlidingWindowOptions {
  /** The receiver's window in packets; 0 counts as 1 (interpretation A-45). */
  readonly maximum: number
  /** The receiver's Packet Processing Delay in ms: the first estimate of the round trip. */
  readonly processingDelay: number
  /** Bounds of the time-out, in ms. */
  readonly minimumTimeOut: number
  readonly maximumTimeOut: number
}

export interface SlidingWindow {
  /** How many packets may await acknowledgment. */
  size(): number
  /** The adaptive time-out for the next packet, in ms. */
  timeOut(): number
  /**
   * Takes an acknowledgment (section 4.2.5).
   * @param packets how many packets it acknowledges.
   * @param sample how many ms ago the latest of them was sent.
   */
  acknowledged(packets: number, sample: number): void
  /**
   * Takes a time-out: an acknowledgment did not come in time (sections 4.2.2 and 4.4.2).
   * @param delta the factor by which the estimate of the round trip grows; 2 unless given.
   */
  timedOut(delta?: number): void
}

/** Makes a window that begins with half the maximum, rounded up (4.2.1, interpretation A-59). */
export function createSlidingWindow(options: SlidingWindowOptions): SlidingWindow {
  const maximum = Math.max(1, options.maximum)
  let size = half(maximum)
  /** How many packets have been acknowledged since the window last changed. */
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
      // The estimate is bounded, so that it cannot overflow if the peer never acknowledges.
      rtt = Math.min(delta * Math.max(rtt, 1), options.maximumTimeOut)
      credit = 0
      size = half(size)
    },
  }
}

/** Returns half of a number of packets, rounded up, and at least 1 (section 4.2.2). */
function half(packets: number): number {
  return Math.max(1, Math.ceil(packets / 2))
}
