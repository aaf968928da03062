import { isLater } from '../../harness/protocol/gre.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'

/**
 * ms after which a packet counts as presumed lost (interpretation A-60): less than any plausible
 * time-out, so that only packets sent in one go count against the sender.
 */
const PRESUMED_LOST = 100

/** Violations kept for a call as long as the capture shows no packet of the peer. */
const HELD = 1_000

/** Packets of the peer kept for a call until the subject acknowledges them. */
const KEPT = 1_000

interface Flight {
  /** Packets in the order of their numbers; those from `head` on are not acknowledged. */
  sent: { readonly sequence: number; readonly at: number; readonly since: number }[]
  head: number
  /** Whether the peer has acknowledged any packet: after that the window may have grown. */
  acknowledged: boolean
  /** Packets of the peer, in the order of their numbers, that the subject has not acknowledged. */
  readonly heard: { readonly sequence: number; readonly at: number }[]
  /** The highest Sequence Number of the peer. */
  newest: number | undefined
  /**
   * A time before which the subject cannot have sent its next packet: when the peer sent what the
   * subject is known to have received.
   */
  since: number
}

export default monitor(
  {
    id: 'tunnel-window',
    purpose: 'No more packets await acknowledgment than the receiver announced room for.',
    decides: ['4.2.1/maximum-window', '4.2.1/initial-window', '1.3.2/parameters-from-call'],
    provenBy: ['gre-window-ignored', 'gre-window-full-at-start'],
    readings: ['A-60'],
  },
  ({ peer, captured, observe }) => {
    const flights = new Map<CallView, Flight>()
    type Observation = Parameters<typeof observe>
    /**
     * Violations in calls of whose peer a capture shows no packet yet. If it never shows one, the
     * acknowledgments took another path, and the violations are dropped.
     */
    const held = new Map<CallView, Observation[]>()
    const heardOf = new Set<CallView>()

    function flightOf(call: CallView, since: number): Flight {
      const flight: Flight = flights.get(call) ?? {
        sent: [],
        head: 0,
        acknowledged: false,
        heard: [],
        newest: undefined,
        since,
      }
      flights.set(call, flight)
      return flight
    }

    function judge(call: CallView, ...observation: Observation): void {
      if (!captured || heardOf.has(call) || observation[1].ok) {
        observe(...observation)
        return
      }
      const waiting = held.get(call) ?? []
      held.set(call, waiting)
      // A finding reports the first violation, and the number of violations.
      if (waiting.length < HELD) waiting.push(observation)
    }

    return {
      // The subject learns of a call from the peer's request, or that it is connected from the
      // peer's reply.
      sent({ call }) {
        if (call?.phase === 'asked') flightOf(call, call.phaseSince)
      },
      heard({ call, entry }) {
        if (call !== undefined) flightOf(call, entry.at)
      },
      packetHeard({ packet, entry, call }) {
        if (call !== undefined && captured && !heardOf.has(call)) {
          heardOf.add(call)
          for (const observation of held.get(call) ?? []) observe(...observation)
          held.delete(call)
        }
        const acknowledged = packet.acknowledgmentNumber
        const flight = call === undefined ? undefined : flights.get(call)
        if (flight === undefined) return
        remember(flight, packet.sequenceNumber, entry.at)
        if (acknowledged === undefined) return
        let oldest = flight.sent[flight.head]
        while (oldest !== undefined && !isLater(oldest.sequence, acknowledged))
          oldest = flight.sent[++flight.head]
        flight.acknowledged = true
      },
      packetSent({ packet, entry, tunnel, call }) {
        const sequence = packet.sequenceNumber
        const known = call === undefined ? undefined : flights.get(call)
        if (known !== undefined) forget(known, packet.acknowledgmentNumber)
        if (call === undefined || sequence === undefined || packet.payload.length === 0 || call.shared) return
        const window = call.window[peer]
        if (window === undefined || !tunnel.known) return
        const flight = flightOf(call, Number.NEGATIVE_INFINITY)
        // A packet that was overtaken, or comes twice, is not counted: acknowledgments remove the
        // others in order.
        const newest = flight.sent.at(-1)
        if (newest === undefined || isLater(sequence, newest.sequence))
          flight.sent.push({ sequence, at: entry.at, since: flight.since })
        let oldest = flight.sent[flight.head]
        while (oldest !== undefined && oldest.at < entry.at - PRESUMED_LOST)
          oldest = flight.sent[++flight.head]
        if (flight.head > 1000) {
          flight.sent = flight.sent.slice(flight.head)
          flight.head = 0
        }
        const awaiting = flight.sent.length - flight.head
        // A window of 0 counts as 1 (interpretation A-45): otherwise nothing could ever be sent.
        const most = Math.max(1, window)
        // Packets that were held up on their way come together, also if a time-out lay between
        // them, which lets half of the window follow.
        const mayHaveTimedOut = entry.at - (oldest?.since ?? entry.at) > PRESUMED_LOST
        const within = (limit: number, when = '') => ({
          ok: awaiting <= limit + (mayHaveTimedOut ? Math.ceil(limit / 2) : 0),
          expected: `at most ${limit} packets awaiting acknowledgment${when}${mayHaveTimedOut ? `, and ${Math.ceil(limit / 2)} after a time-out` : ''}`,
          seen: `${awaiting} packets awaiting acknowledgment`,
          entry: entry.index,
        })
        const judgement = within(most)
        judge(call, '4.2.1/maximum-window', judgement)
        judge(call, '1.3.2/parameters-from-call', judgement)
        if (flight.acknowledged) return
        const initial = within(Math.ceil(most / 2), ' before the first acknowledgment')
        judge(call, '4.2.1/initial-window', initial)
      },
    }
  },
)

/** Keeps a packet of the peer, unless it was overtaken or comes twice. */
function remember(flight: Flight, sequence: number | undefined, at: number): void {
  const { heard, newest } = flight
  if (sequence === undefined || (newest !== undefined && !isLater(sequence, newest))) return
  flight.newest = sequence
  heard.push({ sequence, at })
  if (heard.length > KEPT) heard.shift()
}

/** Notes which packets of the peer the subject acknowledges: it sends the next one after them. */
function forget(flight: Flight, acknowledged: number | undefined): void {
  if (acknowledged === undefined) return
  let first = flight.heard[0]
  while (first !== undefined && !isLater(first.sequence, acknowledged)) {
    flight.since = Math.max(flight.since, first.at)
    flight.heard.shift()
    first = flight.heard[0]
  }
}
