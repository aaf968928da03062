import { isLater } from '../protocol/gre.ts'

/**
 * The state of the tester's flow control (sections 4.2 and 4.4): data packets of one call that
 * await acknowledgment. It shares no code with the reference, so that no fault is in both. Its
 * time-out follows a simpler rule than section 4.4 suggests.
 */
export interface Flight {
  /** The receiver's window in packets. */
  readonly most: number
  /** How many packets may await acknowledgment now. */
  allowed: number
  /** Packets acknowledged since `allowed` last changed. */
  acknowledged: number
  /** Sent and neither acknowledged nor presumed lost, oldest first. */
  awaiting: { readonly sequence: number; readonly sentAt: number }[]
  /** ms that the latest acknowledgment took, at least 1; doubled after each time-out. */
  roundTrip: number
}

/** Bounds of the time-out in ms. */
const TIME_OUT = { least: 500, most: 10_000 } as const
/** The time-out is this many round trips. */
const ROUND_TRIPS = 2

/**
 * Returns the state before anything is sent: half the window may await acknowledgment (section
 * 4.2.1). A window of 0 counts as 1 (interpretation A-45).
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

/** Adds a packet that is sent at `at` ms. */
export function addSent(flight: Flight, sequence: number, at: number): void {
  flight.awaiting.push({ sequence, sentAt: at })
}

/**
 * Handles an Acknowledgment Number, received at `at` ms: it acknowledges all packets up to that one
 * (section 4.1). After each window acknowledged, one packet more may await acknowledgment, up to
 * the maximum (section 4.2.3). Returns whether any packet was acknowledged.
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

/** Returns when the oldest packet is presumed lost, in ms; undefined when no packet is awaited. */
export function deadlineOf({ awaiting: [oldest], roundTrip }: Flight): number | undefined {
  if (oldest === undefined) return undefined
  return oldest.sentAt + Math.max(TIME_OUT.least, Math.min(ROUND_TRIPS * roundTrip, TIME_OUT.most))
}

/**
 * Handles the time-out: presumes all packets lost, and halves how many may await acknowledgment
 * (section 4.2.2). Returns how many were lost. Lost packets are not sent again: that is left to PPP
 * (section 4.2.3).
 */
export function giveUpSent(flight: Flight): number {
  const lost = flight.awaiting.length
  flight.awaiting = []
  // Limited, so that it does not overflow where a peer never acknowledges.
  flight.roundTrip = Math.min(2 * flight.roundTrip, TIME_OUT.most)
  allow(flight, half(flight.allowed))
  return lost
}

function allow(flight: Flight, packets: number): void {
  flight.allowed = packets
  flight.acknowledged = 0
}

/** Rounds up (interpretation A-59); the result is at least 1 (section 4.2.2). */
function half(packets: number): number {
  return Math.max(1, Math.ceil(packets / 2))
}
