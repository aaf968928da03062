import { isLater } from '../../harness/protocol/gre.ts'
import { sameOctets } from '../../harness/protocol/octets.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import type { Watch } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'
import { isHabit } from './habit.ts'

/**
 * Packets among which the one with the lowest number counts as the first: the network may change
 * their order.
 */
const FIRST_FEW = 3
/** Packets remembered of each call. */
const RECENT = 64

const DECIDES = [
  '4.1/first-sequence-number',
  '4.1/consecutive',
  '4.3/no-duplicates-sent',
  '4.1/numbers-only-data',
  '4.1/numbers-count-packets',
] as const
type Observe = Watch<(typeof DECIDES)[number]>['observe']

/** How the packets of one call are numbered. */
interface Numbers {
  count: number
  lowest: number
  lowestEntry: number
  /** The highest so far. */
  last: number
  /** The latest packets by number: one with other octets is no copy that the network made. */
  readonly recent: Map<number, Uint8Array>
  /** Octets of the latest payload. */
  octets: number
  steps: number
  /** Steps by as much as the payload before has octets. */
  octetSteps: number
  /** Numbers that were passed over and may still come, each with the step that did so. */
  readonly holes: Map<number, Jump>
  /** Steps back, and numbers given twice. */
  breaks: number
  readonly jumps: Jump[]
  /** How many numbers were passed over. */
  missing: number
  firstBreak: Break | undefined
}

interface Break {
  readonly seen: string
  readonly entry: number
}

/** A step over numbers that did not come before it. */
interface Jump extends Break {
  /** How many of them have not come since. */
  left: number
}

/** The first packet of a call. */
function countFrom(sequence: number, payload: Uint8Array, entry: number): Numbers {
  return {
    count: 1,
    lowest: sequence,
    lowestEntry: entry,
    last: sequence,
    recent: new Map([[sequence, payload]]),
    octets: payload.length,
    steps: 0,
    octetSteps: 0,
    holes: new Map(),
    breaks: 0,
    jumps: [],
    missing: 0,
    firstBreak: undefined,
  }
}

/**
 * Counts a step. Once all have come, their order is the network's doing; what is missing then was
 * passed over, or lost.
 */
function step(known: Numbers, sequence: number, again: boolean, entry: number): void {
  const { last } = known
  const found: Break = { seen: `Sequence Number ${sequence} after ${last}`, entry }
  const hole = known.holes.get(sequence)
  if (again) {
    known.breaks++
    known.firstBreak ??= found
  } else if (hole !== undefined) {
    known.holes.delete(sequence)
    hole.left--
    known.missing--
  } else if (isLater(sequence, last)) {
    const passed = Math.min((sequence - last - 1) >>> 0, RECENT)
    if (passed > 0) {
      const jump: Jump = { ...found, left: passed }
      known.jumps.push(jump)
      known.missing += passed
      for (let at = 1; at <= passed; at++) known.holes.set((sequence - at) >>> 0, jump)
      for (const oldest of known.holes.keys())
        if (known.holes.size > 2 * RECENT) known.holes.delete(oldest)
        else break
    }
  } else if (known.count > FIRST_FEW || !isLater(known.lowest, sequence)) {
    known.breaks++
    known.firstBreak ??= found
  }
  if (isLater(sequence, last)) known.last = sequence
}

export default monitor(
  {
    id: 'tunnel-sequence',
    purpose: 'Packets with a payload are numbered from 0, each with the next number.',
    decides: DECIDES,
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
            seen:
              sequence === undefined
                ? 'an acknowledgment without Sequence Number'
                : `Sequence Number ${sequence} without payload`,
            entry: entry.index,
          })
        if (sequence === undefined || packet.payload.length === 0 || call === undefined || !tunnel.known)
          return
        if (call.shared) return
        const known = numbers.get(call)
        if (known === undefined) {
          numbers.set(call, countFrom(sequence, packet.payload, entry.index))
          return
        }
        known.count++
        const before = known.recent.get(sequence)
        const again = before !== undefined && !sameOctets(before, packet.payload)
        observe('4.3/no-duplicates-sent', {
          ok: !again,
          expected: 'each Sequence Number once',
          seen: again ? `Sequence Number ${sequence} with another payload` : `Sequence Number ${sequence}`,
          entry: entry.index,
        })
        known.recent.set(sequence, packet.payload)
        if (known.recent.size > RECENT)
          for (const oldest of known.recent.keys()) if (known.recent.delete(oldest)) break
        // A copy that the network made is no step.
        if (before !== undefined && !again) return
        known.steps++
        if (known.octets > 1 && sequence === (known.last + known.octets) >>> 0) known.octetSteps++
        known.octets = packet.payload.length
        step(known, sequence, again, entry.index)
        if (known.count <= FIRST_FEW && sequence < known.lowest) {
          known.lowest = sequence
          known.lowestEntry = entry.index
        }
      },
      end() {
        for (const one of numbers.values()) judgeNumbers(observe, one)
      },
    }
  },
)

function judgeNumbers(observe: Observe, one: Numbers): void {
  observe('4.1/first-sequence-number', {
    ok: one.lowest === 0,
    expected: 'Sequence Number 0 in the first data packet',
    seen: `Sequence Number ${one.lowest}`,
    entry: one.lowestEntry,
    // a stream from 1 is another reading of the text, and hurts nobody.
    ...(one.lowest === 1 ? { otherwise: 'warn' as const } : {}),
  })
  if (one.steps === 0) return
  const open = one.jumps.filter(({ left }) => left > 0)
  const shown = [...open, ...(one.firstBreak === undefined ? [] : [one.firstBreak])].sort(
    (a, b) => a.entry - b.entry,
  )[0]
  const counts = isHabit(one.octetSteps, one.steps)
  observe('4.1/numbers-count-packets', {
    ok: !counts,
    expected: 'Sequence Numbers that count packets',
    seen: counts
      ? `${shown?.seen ?? ''}, which is as many more as the payload before has octets, and so ${one.octetSteps} times in ${one.steps}`
      : `${one.octetSteps} of ${one.steps} steps by as much as the payload before has octets`,
    ...(counts && shown !== undefined ? { entry: shown.entry } : {}),
  })
  // The network between may lose a packet; it does not lose every other.
  const breaks = one.breaks + open.length
  const habit = isHabit(breaks, one.steps + one.missing)
  observe('4.1/consecutive', {
    ok: !habit,
    expected: 'each Sequence Number one more than that before it',
    seen: habit
      ? `${shown?.seen ?? ''}, and so ${breaks} times in ${one.steps}`
      : `the next Sequence Number ${one.steps - breaks} times in ${one.steps}`,
    ...(habit && shown !== undefined ? { entry: shown.entry } : {}),
  })
}
