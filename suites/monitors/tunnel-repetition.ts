import { isLater } from '../../harness/protocol/gre.ts'
import { sameOctets } from '../../harness/protocol/octets.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'

/** ms after which a packet that comes again is not a copy made by the network. */
const COPY = 200
/** ms after which a sender may have given up waiting for an acknowledgment. */
const UNANSWERED = 500
/** Repetitions that count against the sender: one may be caused by the network. */
const HABIT = 2
/** Packets remembered for each call: more than can be under way. */
const REMEMBERED = 1024

interface Sent {
  readonly at: number
  readonly payload: Uint8Array
}

interface Sender {
  /** Packets by sequence number, the oldest first. */
  readonly packets: Map<number, Sent>
  /** Sequence numbers that await acknowledgment: no more than are remembered. */
  readonly awaiting: Set<number>
  count: number
  /** Whether the sender went on while a packet was unacknowledged for `UNANSWERED` ms. */
  waited: boolean
  repetitions: number
  first: { readonly sequence: number; readonly after: number; readonly entry: number } | undefined
}

function begin(): Sender {
  return {
    packets: new Map(),
    awaiting: new Set(),
    count: 0,
    waited: false,
    repetitions: 0,
    first: undefined,
  }
}

export default monitor(
  {
    id: 'tunnel-repetition',
    purpose: 'No packet is sent again in the tunnel, acknowledged or not: PPP copes with loss.',
    decides: ['4.1/not-retransmitted', '4.2.3/no-retransmission'],
    provenBy: ['gre-retransmits'],
  },
  ({ observe }) => {
    const senders = new Map<CallView, Sender>()

    function repeated(sender: Sender, sequence: number, entry: number, after: number): void {
      sender.repetitions++
      sender.first ??= { sequence, after, entry }
    }

    return {
      packetHeard({ packet: { acknowledgmentNumber: acknowledged }, call }) {
        const sender = call === undefined ? undefined : senders.get(call)
        if (sender === undefined || acknowledged === undefined) return
        for (const sequence of sender.awaiting)
          if (!isLater(sequence, acknowledged)) sender.awaiting.delete(sequence)
      },
      packetSent({ packet: { sequenceNumber: sequence, payload }, entry, tunnel, call }) {
        if (call === undefined || sequence === undefined || payload.length === 0 || !tunnel.known) return
        if (call.shared) return
        const sender = senders.get(call) ?? begin()
        senders.set(call, sender)
        sender.count++
        const before = sender.packets.get(sequence)
        if (before !== undefined) {
          const again = sameOctets(before.payload, payload) && entry.at - before.at >= COPY
          if (again) repeated(sender, sequence, entry.index, entry.at - before.at)
          return
        }
        const [oldest] = sender.awaiting
        const since = oldest === undefined ? undefined : sender.packets.get(oldest)?.at
        if (since !== undefined && entry.at - since >= UNANSWERED) sender.waited = true
        sender.packets.set(sequence, { at: entry.at, payload })
        sender.awaiting.add(sequence)
        if (sender.packets.size <= REMEMBERED) return
        const [forgotten] = sender.packets.keys()
        if (forgotten === undefined) return
        sender.packets.delete(forgotten)
        sender.awaiting.delete(forgotten)
      },
      end() {
        for (const { count, waited, repetitions, first } of senders.values()) {
          const judgement = {
            ok: repetitions < HABIT,
            expected: 'each data packet sent once',
            seen:
              first === undefined || repetitions < HABIT
                ? `${count} data packets, none sent again`
                : `packet ${first.sequence} sent again after ${Math.round(first.after)} ms; ${repetitions} repetitions, ${count} packets in all`,
            ...(first === undefined || repetitions < HABIT ? {} : { entry: first.entry }),
          }
          observe('4.1/not-retransmitted', judgement)
          if (waited || repetitions >= HABIT) observe('4.2.3/no-retransmission', judgement)
        }
      },
    }
  },
)
