import { isLater } from '../protocol/gre.ts'

/**
 * The tester's own flow control (sections 4.2 and 4.4): data packets of one call that await their
 * acknowledgment. Simpler than the reference's and apart from it, so that no fault hides in both.
 */
export interface Flight {
  /** Packets that may be under way at once; never changes. */
  readonly most: number
  /** Sent and neither acknowledged nor presumed lost, oldest first. */
  awaiting: { readonly sequence: number; readonly sentAt: number }[]
  /** ms that an acknowledgment may take. */
  timeOut: number
  /** Whether nothing has been acknowledged since the latest time-out. */
  silent: boolean
}

/** Bounds of the time-out in ms. */
const TIME_OUT = { least: 500, most: 10_000 } as const
/** The time-out is that many times as long as the latest round trip. */
const ROUND_TRIPS = 4

/**
 * Nothing sent yet. Half the window, rounded up, may be under way at any time: section 4.2.1 allows
 * as much before anything is acknowledged. A window of 0 counts as 1 (interpretation A-45).
 * @param window the receiver's Packet Recv. Window Size.
 */
export function createFlight(window: number): Flight {
  return {
    most: Math.max(1, Math.ceil(window / 2)),
    awaiting: [],
    timeOut: TIME_OUT.least,
    silent: false,
  }
}

/** Whether one more packet may be sent: after a time-out one alone, until one is acknowledged. */
export function hasRoom({ most, awaiting, silent }: Flight): boolean {
  return awaiting.length < (silent ? 1 : most)
}

/** Adds a packet that is sent now; `at` in ms. */
export function addSent(flight: Flight, sequence: number, at: number): void {
  flight.awaiting.push({ sequence, sentAt: at })
}

/**
 * Takes an Acknowledgment Number, which is of all packets up to that one (section 4.1). Returns
 * whether it acknowledged any; `at` in ms.
 */
export function takeAcknowledgment(flight: Flight, number: number, at: number): boolean {
  const left = flight.awaiting.filter(({ sequence }) => isLater(sequence, number))
  if (left.length === flight.awaiting.length) return false
  const latest = flight.awaiting.find(({ sequence }) => sequence === number)
  if (latest !== undefined) flight.timeOut = bounded(ROUND_TRIPS * (at - latest.sentAt))
  flight.awaiting = left
  flight.silent = false
  return true
}

/** When the oldest packet is presumed lost, in ms; undefined when nothing is under way. */
export function deadlineOf({ awaiting: [oldest], timeOut }: Flight): number | undefined {
  return oldest === undefined ? undefined : oldest.sentAt + timeOut
}

/**
 * The deadline has passed: all packets are presumed lost, and the next time-out is twice as long.
 * Returns their number. They are never sent again: PPP has its own ways (section 4.2.3).
 */
export function giveUpSent(flight: Flight): number {
  const lost = flight.awaiting.length
  flight.awaiting = []
  flight.timeOut = bounded(2 * flight.timeOut)
  flight.silent = true
  return lost
}

function bounded(ms: number): number {
  return Math.max(TIME_OUT.least, Math.min(ms, TIME_OUT.most))
}
