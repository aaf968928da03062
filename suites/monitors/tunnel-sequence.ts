import { isLater } from '../../harness/protocol/gre.ts'
import { sameOctets } from '../../harness/protocol/octets.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import type { Watch } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'
import { isHabit } from './habit.ts'

/**
 * Packets at the beginning of a call of which the one with the lowest number counts as the first:
 * the network may change their order.
 */
const FIRST_FEW = 3
/** Packets remembered for each call. */
const RECENT = 64

const DECIDES = [
  '4.1/first-sequence-number',
  '4.1/consecutive',
  '4.3/no-duplicates-sent',
  '4.1/numbers-only-data',
  '4.1/numbers-count-packets',
] as const
type Observe = Watch<(typeof DECIDES)[number]>['observe']

/** How the packets of one call have been numbered so far. */
interface Numbers {
  count: number
  lowest: number
  lowestEntry: number
  /** The highest Sequence Number so far. */
  last: number
  /** The latest payloads by number: the same number with another payload is no network copy. */
  readonly recent: Map<number, Uint8Array>
  /** Octets of the latest payload. */
  octets: number
  /** Steps from one packet's number to the next one's. */
  steps: number
  /** Steps whose size is the number of octets in the payload before. */
  octetSteps: number
  /** Numbers that were skipped and may still come, each with the step that skipped it. */
  readonly holes: Map<number, Jump>
  /** Number of steps back and of numbers used twice. */
  breaks: number
  readonly jumps: Jump[]
  /** How many numbers were skipped and have not come since. */
  missing: number
  firstBreak: Break | undefined
}

interface Break {
  readonly seen: string
  readonly entry: number
}

/** A step that skips numbers. */
interface Jump extends Break {
  /** How many of the skipped numbers have not come since. */
  left: number
}

/** Steps from which on gaps in a capture are no chance. */
const FEW_STEPS = 10

/** Begins to count at the first packet of a call. */
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
 * Counts a step. Numbers that come late were put out of order by the network; those that never come
 * were skipped by the sender, or lost.
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
  ({ observe, captured }) => {
    const numbers = new Map<CallView, Numbers>()
    return {
      packetSent({ packet, entry, tunnel, call }) {
        const sequence = packet.sequenceNumber
        if (packet.payload.length === 0 && packet.payloadLength === 0)
          observe('4.1/numbers-only-data', {
            ok: sequence === undefined,
            expected: 'no Sequence Number in a packet without payload',
            seen: `${sequence === undefined ? 'no Sequence Number' : `Sequence Number ${sequence}`} in a packet without payload`,
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
          expected: 'each Sequence Number for one payload',
          seen: `Sequence Number ${sequence} for ${again ? 'another payload than before' : 'one payload'}`,
          entry: entry.index,
        })
        known.recent.set(sequence, packet.payload)
        if (known.recent.size > RECENT)
          for (const oldest of known.recent.keys()) if (known.recent.delete(oldest)) break
        // A copy made by the network is no step.
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
        for (const one of numbers.values()) judgeNumbers(observe, one, captured)
      },
    }
  },
)

function judgeNumbers(observe: Observe, one: Numbers, captured: boolean): void {
  observe('4.1/first-sequence-number', {
    ok: one.lowest === 0,
    expected: 'Sequence Number 0 in the first data packet',
    seen: `Sequence Number ${one.lowest} in the first data packet`,
    entry: one.lowestEntry,
    // A-50: numbers from 1 are another reading of the text, and harm no receiver.
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
      ? `${shown?.seen ?? ''}: the difference is the number of octets in the payload before, in ${one.octetSteps} of ${one.steps} steps`
      : `the number of octets in the payload before as the difference, in ${one.octetSteps} of ${one.steps} steps`,
    ...(counts && shown !== undefined ? { entry: shown.entry } : {}),
  })
  // The network may lose a packet, but not every other one.
  const breaks = one.breaks + open.length
  const habit = isHabit(breaks, one.steps + one.missing)
  observe('4.1/consecutive', {
    ok: !habit,
    expected: 'each Sequence Number one more than the one before',
    seen: habit
      ? `${shown?.seen ?? ''}; numbers out of sequence in ${breaks} of ${one.steps} steps`
      : `the next Sequence Number in ${one.steps - breaks} of ${one.steps} steps`,
    ...(habit && shown !== undefined ? { entry: shown.entry } : {}),
    // In a capture a few packets may be missing by chance.
    ...(captured && one.steps < FEW_STEPS ? { otherwise: 'warn' } : {}),
  })
}
