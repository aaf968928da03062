import { type GrePacket, isLater } from '../protocol/gre.ts'

/** A packet that was sent and is not yet acknowledged. */
export interface Sent {
  readonly sequence: number
  /** When it was sent, in ms. */
  readonly at: number
  readonly payload: Uint8Array
}

/** The sequence number of a packet to be sent. */
export interface Numbered {
  readonly sequence: number
  /** The sequence number of the packet after it. */
  readonly next: number
}

/** What decides whether an acknowledgment is sent, and of which packet. */
export interface Unacknowledged {
  /** How many packets were taken since we last acknowledged. */
  readonly count: number
  readonly highestReceived: number
  /** The Acknowledgment Number that we last sent; undefined before the first. */
  readonly last: number | undefined
}

/** An acknowledgment that came, and the state of sending at that time. */
export interface Acknowledgment {
  readonly number: number
  readonly highestAcknowledged: number
  /** The next sequence number to be sent. */
  readonly next: number
  readonly awaiting: readonly Sent[]
  readonly now: number
}

/** The effect of an acknowledgment. */
export interface Acknowledged {
  /** The packets that still await acknowledgment. */
  readonly awaiting: readonly Sent[]
  /**
   * How many ms ago the acknowledged packet was sent, a sample of the round trip (section 4.4);
   * undefined: the window and the estimate do not change.
   */
  readonly sample: number | undefined
}

/** The effect of a time-out (section 4.4). */
export interface TimeOut {
  /** Whether the time-out has its usual effects; if false, nothing is done and sending stalls. */
  readonly goesOn: boolean
  /**
   * The factor for the estimate of the round trip; undefined: neither it nor the window changes.
   */
  readonly backOff: number | undefined
  /** Packets to send again. */
  readonly again: readonly Sent[]
}

/** A packet that came for a session, and the state of receiving at that time. */
export interface Arrival {
  readonly ownCallId: number
  /** The Packet Recv. Window Size that we announced, in packets. */
  readonly ownWindow: number
  readonly sequence: number | undefined
  readonly payload: Uint8Array
  readonly highestReceived: number
  /** When data was last taken, in ms; undefined before the first. */
  readonly takenAt: number | undefined
  readonly now: number
}

/** The effect of a packet that came. */
export interface Reception {
  /** The payloads to deliver to PPP, in this order. */
  readonly payloads: readonly Uint8Array[]
  readonly highestReceived: number
}

/** How a session of section 4 numbers, acknowledges and paces its packets. */
export interface TunnelPolicy {
  /**
   * Numbers the next packet.
   * @param octets the size of its payload.
   */
  number(next: number, octets: number, ownCallId: number): Numbered
  /** Whether the peer's window allows another packet (section 4.2). */
  mayTransmit(awaiting: number, window: number, peersWindow: number): boolean
  /** Returns the Acknowledgment Number for a packet that is to be sent; undefined for none. */
  acknowledgmentFor(state: Unacknowledged, hasPayload: boolean): number | undefined
  /**
   * Returns after how many ms an acknowledgment is sent without data; undefined if the timer
   * already runs.
   * @param count how many packets were taken since we last acknowledged.
   */
  acknowledgmentDelay(count: number, ownWindow: number, usual: number): number | undefined
  /** Returns the effect; undefined for an old acknowledgment or one of a packet never sent. */
  acknowledged(acknowledgment: Acknowledgment): Acknowledged | undefined
  timeOut(awaiting: readonly Sent[]): TimeOut
  receive(arrival: Arrival): Reception
  /**
   * Returns the first estimate of the round trip in ms.
   * @param peersDelay the peer's Packet Processing Delay, in tenths of a second.
   */
  processingDelay(peersDelay: number): number
  /** Returns packets that came before their call was connected and are to be taken now. */
  early(ownCallId: number): readonly GrePacket[]
}

const NONE: readonly never[] = []
const AFTER_TIME_OUT: TimeOut = { goesOn: true, backOff: 2, again: NONE }

export const TUNNEL_POLICY: TunnelPolicy = {
  number: (next) => ({ sequence: next, next: (next + 1) >>> 0 }),
  mayTransmit: (awaiting, window) => awaiting < window,
  acknowledgmentFor: ({ count, highestReceived }) => (count === 0 ? undefined : highestReceived),
  acknowledgmentDelay(count, ownWindow, usual) {
    // When half of our window is unacknowledged, waiting longer could stall the peer. Section 4.2.5
    // allows both.
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
  // The packets count as lost and are never sent again (4.2.2, 4.2.3, interpretation A-60).
  timeOut: () => AFTER_TIME_OUT,
  receive({ sequence, payload, highestReceived }) {
    if (sequence === undefined || payload.length === 0) return { payloads: NONE, highestReceived }
    // A late or duplicate packet is never delivered (section 4.3).
    if (!isLater(sequence, highestReceived)) return { payloads: NONE, highestReceived }
    return { payloads: [payload], highestReceived: sequence }
  },
  processingDelay: (peersDelay) => peersDelay * 100,
  early: () => NONE,
}
