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

interface Flight {
  /** Packets in the order of their numbers; those from `head` on are not acknowledged. */
  sent: { readonly sequence: number; readonly at: number }[]
  head: number
  /** Whether the peer has acknowledged any packet: after that the window may have grown. */
  acknowledged: boolean
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
      packetHeard({ packet, call }) {
        if (call !== undefined && captured && !heardOf.has(call)) {
          heardOf.add(call)
          for (const observation of held.get(call) ?? []) observe(...observation)
          held.delete(call)
        }
        const acknowledged = packet.acknowledgmentNumber
        const flight = call === undefined ? undefined : flights.get(call)
        if (flight === undefined || acknowledged === undefined) return
        let oldest = flight.sent[flight.head]
        while (oldest !== undefined && !isLater(oldest.sequence, acknowledged))
          oldest = flight.sent[++flight.head]
        flight.acknowledged = true
      },
      packetSent({ packet, entry, tunnel, call }) {
        const sequence = packet.sequenceNumber
        if (call === undefined || sequence === undefined || packet.payload.length === 0 || call.shared) return
        const window = call.window[peer]
        if (window === undefined || !tunnel.known) return
        const flight = flights.get(call) ?? { sent: [], head: 0, acknowledged: false }
        flights.set(call, flight)
        // A packet that was overtaken, or comes twice, is not counted: acknowledgments remove the
        // others in order.
        const newest = flight.sent.at(-1)
        if (newest === undefined || isLater(sequence, newest.sequence))
          flight.sent.push({ sequence, at: entry.at })
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
        const judgement = {
          ok: awaiting <= most,
          expected: `at most ${most} packets awaiting acknowledgment`,
          seen: `${awaiting} packets awaiting acknowledgment`,
          entry: entry.index,
        }
        judge(call, '4.2.1/maximum-window', judgement)
        judge(call, '1.3.2/parameters-from-call', judgement)
        if (flight.acknowledged) return
        const half = Math.ceil(most / 2)
        judge(call, '4.2.1/initial-window', {
          ...judgement,
          ok: awaiting <= half,
          expected: `at most ${half} packets awaiting acknowledgment before the first acknowledgment`,
        })
      },
    }
  },
)
