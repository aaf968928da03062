import { isLater } from '../protocol/gre.ts'

/**
 * The tester's own flow control (sections 4.2 and 4.4): data packets of one call that await their
 * acknowledgment. Apart from the reference's, so that no fault hides in both; its time-out follows
 * a simpler rule than section 4.4 suggests.
 */
export interface Flight {
  /** The receiver's window in packets. */
  readonly most: number
  /** Packets that may be under way now. */
  allowed: number
  /** Packets acknowledged since `allowed` last changed. */
  acknowledged: number
  /** Sent and neither acknowledged nor presumed lost, oldest first. */
  awaiting: { readonly sequence: number; readonly sentAt: number }[]
  /** ms that the latest acknowledgment took, 1 at least; twice as many after each time-out. */
  roundTrip: number
}

/** Bounds of the time-out in ms. */
const TIME_OUT = { least: 500, most: 10_000 } as const
/** The time-out is this many round trips. */
const ROUND_TRIPS = 2

/**
 * Nothing sent yet: half the window may be under way (section 4.2.1). A window of 0 counts as 1
 * (interpretation A-45).
 * @param window the receiver's Packet Recv. Window Size.
 */
export function createFlight(window: number): Flight {
  const most = Math.max(1, window)
  return { most, allowed: half(most), acknowledged: 0, awaiting: [], roundTrip: 1 }
}

/** Whether one more packet may be sent. */
export function hasRoom({ allowed, awaiting }: Flight): boolean {
  return awaiting.length < allowed
}

/** Adds a packet that is sent now; `at` in ms. */
export function addSent(flight: Flight, sequence: number, at: number): void {
  flight.awaiting.push({ sequence, sentAt: at })
}

/**
 * Takes an Acknowledgment Number, which is of all packets up to that one (section 4.1). For each
 * window acknowledged, one packet more may be under way, up to the maximum (section 4.2.3).
 * Returns whether any packet was acknowledged; `at` in ms.
 */
export function takeAcknowledgment(flight: Flight, number: number, at: number): boolean {
  const left = flight.awaiting.filter(({ sequence }) => isLater(sequence, number))
  const taken = flight.awaiting.length - left.length
  if (taken === 0) return false
  const latest = flight.awaiting.find(({ sequence }) => sequence === number)
  if (latest !== undefined) flight.roundTrip = Math.max(1, at - latest.sentAt)
  flight.awaiting = left
  flight.acknowledged += taken
  if (flight.acknowledged >= flight.allowed) allow(flight, Math.min(flight.most, flight.allowed + 1))
  return true
}

/** When the oldest packet is presumed lost, in ms; undefined when nothing is under way. */
export function deadlineOf({ awaiting: [oldest], roundTrip }: Flight): number | undefined {
  if (oldest === undefined) return undefined
  return oldest.sentAt + Math.max(TIME_OUT.least, Math.min(ROUND_TRIPS * roundTrip, TIME_OUT.most))
}

/**
 * The deadline has passed: all packets are presumed lost, and half as many may be under way
 * (section 4.2.2). Returns how many were lost; none is ever sent again, as PPP has its own ways
 * (section 4.2.3).
 */
export function giveUpSent(flight: Flight): number {
  const lost = flight.awaiting.length
  flight.awaiting = []
  // Bounded, so that a peer which never acknowledges cannot make it overflow.
  flight.roundTrip = Math.min(2 * flight.roundTrip, TIME_OUT.most)
  allow(flight, half(flight.allowed))
  return lost
}

function allow(flight: Flight, packets: number): void {
  flight.allowed = packets
  flight.acknowledged = 0
}

/** Fractions are rounded up (interpretation A-59), and one is the least (section 4.2.2). */
function half(packets: number): number {
  return Math.max(1, Math.ceil(packets / 2))
}
