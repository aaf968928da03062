import { isLater } from '../../harness/protocol/gre.ts'
import { sameOctets } from '../../harness/protocol/octets.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'
import { isHabit } from './habit.ts'

/**
 * Packets among which the one with the lowest number counts as the first: the network may change
 * their order.
 */
const FIRST_FEW = 3
/** Packets remembered of each call. */
const RECENT = 64

interface Numbers {
  count: number
  lowest: number
  lowestEntry: number
  last: number
  /** The latest packets by number: one with other octets is no copy that the network made. */
  readonly recent: Map<number, Uint8Array>
  /** Octets of the latest payload. */
  octets: number
  steps: number
  /** Steps by as much as the payload before has octets. */
  octetSteps: number
  breaks: number
  firstBreak: { readonly seen: string; readonly entry: number } | undefined
}

export default monitor(
  {
    id: 'tunnel-sequence',
    purpose: 'Packets with a payload are numbered from 0, each with the next number.',
    decides: [
      '4.1/first-sequence-number',
      '4.1/consecutive',
      '4.3/no-duplicates-sent',
      '4.1/numbers-only-data',
      '4.1/numbers-count-packets',
    ],
    provenBy: [
      'gre-first-sequence-one',
      'gre-sequence-skips',
      'gre-sequence-repeats',
      'gre-empty-with-sequence',
      'gre-sequence-counts-octets',
    ],
  },
  ({ observe }) => {
    const numbers = new Map<CallView, Numbers>()
    return {
      packetSent({ packet, entry, tunnel, call }) {
        const sequence = packet.sequenceNumber
        if (packet.payload.length === 0 && packet.payloadLength === 0)
          observe('4.1/numbers-only-data', {
            ok: sequence === undefined,
            expected: 'acknowledgments without Sequence Number',
            seen: sequence === undefined ? 'just that' : `Sequence Number ${sequence} without payload`,
            entry: entry.index,
          })
        if (sequence === undefined || packet.payload.length === 0 || call === undefined || !tunnel.known)
          return
        if (call.shared) return
        const known = numbers.get(call)
        if (known === undefined) {
          numbers.set(call, {
            count: 1,
            lowest: sequence,
            lowestEntry: entry.index,
            last: sequence,
            recent: new Map([[sequence, packet.payload]]),
            octets: packet.payload.length,
            steps: 0,
            octetSteps: 0,
            breaks: 0,
            firstBreak: undefined,
          })
          return
        }
        known.count++
        if (known.count <= FIRST_FEW && sequence < known.lowest) {
          known.lowest = sequence
          known.lowestEntry = entry.index
        }
        const before = known.recent.get(sequence)
        const again = before !== undefined && !sameOctets(before, packet.payload)
        observe('4.3/no-duplicates-sent', {
          ok: !again,
          expected: 'each Sequence Number once',
          seen: again ? `Sequence Number ${sequence} with another payload` : 'just that',
          entry: entry.index,
        })
        known.recent.set(sequence, packet.payload)
        if (known.recent.size > RECENT)
          for (const oldest of known.recent.keys()) if (known.recent.delete(oldest)) break
        known.steps++
        if (known.octets > 1 && sequence === (known.last + known.octets) >>> 0) known.octetSteps++
        known.octets = packet.payload.length
        if (sequence !== (known.last + 1) >>> 0) {
          known.breaks++
          known.firstBreak ??= {
            seen: `Sequence Number ${sequence} after ${known.last}`,
            entry: entry.index,
          }
        }
        if (isLater(sequence, known.last)) known.last = sequence
      },
      end() {
        for (const one of numbers.values()) {
          observe('4.1/first-sequence-number', {
            ok: one.lowest === 0,
            expected: 'Sequence Number 0 in the first data packet',
            seen: `Sequence Number ${one.lowest}`,
            entry: one.lowestEntry,
            // a stream from 1 is another reading of the text, and hurts nobody.
            ...(one.lowest === 1 ? { otherwise: 'warn' as const } : {}),
          })
          if (one.steps === 0) continue
          const counts = isHabit(one.octetSteps, one.steps)
          observe('4.1/numbers-count-packets', {
            ok: !counts,
            expected: 'Sequence Numbers that count packets',
            seen: counts
              ? `${one.firstBreak?.seen ?? ''}, which is as many more as the payload before has octets, and so ${one.octetSteps} times in ${one.steps}`
              : 'just that',
            ...(counts && one.firstBreak !== undefined ? { entry: one.firstBreak.entry } : {}),
          })
          // The network between may lose a packet; it does not lose every other.
          const habit = isHabit(one.breaks, one.steps)
          observe('4.1/consecutive', {
            ok: !habit,
            expected: 'each Sequence Number one more than that before it',
            seen: habit
              ? `${one.firstBreak?.seen ?? ''}, and so ${one.breaks} times in ${one.steps}`
              : `${one.steps - one.breaks} times in ${one.steps}`,
            ...(habit && one.firstBreak !== undefined ? { entry: one.firstBreak.entry } : {}),
          })
        }
      },
    }
  },
)
