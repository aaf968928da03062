import { type GrePacket, isLater } from '../protocol/gre.ts'

/** A packet that went out and is not yet acknowledged. */
export interface Sent {
  readonly sequence: number
  /** ms. */
  readonly at: number
  readonly payload: Uint8Array
}

export interface Numbered {
  readonly sequence: number
  /** The sequence number of the packet after it. */
  readonly next: number
}

/** What a session knows when an acknowledgment may be sent. */
export interface Unacknowledged {
  /** Packets taken since the last acknowledgment. */
  readonly count: number
  readonly highestReceived: number
  /** The acknowledgment last sent; undefined before the first. */
  readonly last: number | undefined
}

export interface Acknowledgment {
  readonly number: number
  readonly highestAcknowledged: number
  /** The next sequence number to be sent. */
  readonly next: number
  readonly awaiting: readonly Sent[]
  readonly now: number
}

/** What an acknowledgment changes. */
export interface Acknowledged {
  readonly awaiting: readonly Sent[]
  /** ms that the packet took which it names: a sample of the round trip (section 4.4). */
  readonly sample: number | undefined
}

/** What a time-out of section 4.4 leads to. */
export interface TimeOut {
  /** The window and the estimate of the round trip go on. */
  readonly goesOn: boolean
  /** By how much the next time-out is longer; undefined: the window stays as it is, too. */
  readonly backOff: number | undefined
  /** Packets to send again. */
  readonly again: readonly Sent[]
}

export interface Arrival {
  readonly ownCallId: number
  /** Packet Recv. Window Size that we announced. */
  readonly ownWindow: number
  readonly sequence: number | undefined
  readonly payload: Uint8Array
  readonly highestReceived: number
  /** ms at which data was last taken; undefined before the first. */
  readonly takenAt: number | undefined
  readonly now: number
}

/** What a packet brings. */
export interface Reception {
  /** To be delivered, in this order. */
  readonly payloads: readonly Uint8Array[]
  readonly highestReceived: number
}

/** How a session of section 4 numbers, acknowledges and paces its packets. */
export interface TunnelPolicy {
  /** @param octets of payload. */
  number(next: number, octets: number, ownCallId: number): Numbered
  /** Whether the peer's window lets another packet through (section 4.2). */
  mayTransmit(awaiting: number, window: number, peersWindow: number): boolean
  /** The number to acknowledge on a packet with or without payload; undefined: none. */
  acknowledgmentFor(state: Unacknowledged, hasPayload: boolean): number | undefined
  /** ms until an acknowledgment goes out by itself; undefined: that is settled already. */
  acknowledgmentDelay(count: number, ownWindow: number, usual: number): number | undefined
  /** Undefined: it is old, or of what was never sent. */
  acknowledged(acknowledgment: Acknowledgment): Acknowledged | undefined
  timeOut(awaiting: readonly Sent[]): TimeOut
  receive(arrival: Arrival): Reception
  /** ms: the first estimate of the round trip, from the peer's tenths of a second. */
  processingDelay(peersDelay: number): number
  /** Packets that came before their call and are taken now that it is connected. */
  early(ownCallId: number): readonly GrePacket[]
}

const NONE: readonly never[] = []
const AFTER_TIME_OUT: TimeOut = { goesOn: true, backOff: 2, again: NONE }

export const TUNNEL_POLICY: TunnelPolicy = {
  number: (next) => ({ sequence: next, next: (next + 1) >>> 0 }),
  mayTransmit: (awaiting, window) => awaiting < window,
  acknowledgmentFor: ({ count, highestReceived }) => (count === 0 ? undefined : highestReceived),
  acknowledgmentDelay(count, ownWindow, usual) {
    // Half a window unacknowledged already: waiting longer could stall the peer (section 4.2.5
    // allows either).
    if (count >= Math.max(1, ownWindow / 2)) return 0
    return count === 1 ? usual : undefined
  },
  acknowledged({ number, highestAcknowledged, next, awaiting, now }) {
    if (!isLater(number, highestAcknowledged) || isLater(number, (next - 1) >>> 0)) return undefined
    const named = awaiting.find(({ sequence }) => sequence === number)
    return {
      awaiting: awaiting.filter(({ sequence }) => isLater(sequence, number)),
      sample: named && now - named.at,
    }
  },
  // Presumed lost and never sent again (sections 4.2.2 and 4.2.3, interpretation A-60).
  timeOut: () => AFTER_TIME_OUT,
  receive({ sequence, payload, highestReceived }) {
    if (sequence === undefined || payload.length === 0) return { payloads: NONE, highestReceived }
    // Late or twice: never to be delivered (section 4.3).
    if (!isLater(sequence, highestReceived)) return { payloads: NONE, highestReceived }
    return { payloads: [payload], highestReceived: sequence }
  },
  processingDelay: (peersDelay) => peersDelay * 100,
  early: () => NONE,
}
