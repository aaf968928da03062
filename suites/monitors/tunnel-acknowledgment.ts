import { isLater } from '../../harness/protocol/gre.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'
import { isHabit } from './habit.ts'

/** ms within which a capture may show two packets in the wrong order. */
const SAME_MOMENT = 10

interface Acknowledgments {
  /** Highest Sequence Number that the peer sent; undefined before its first packet. */
  heard: number | undefined
  /**
   * Whether Sequence Numbers of the peer are missing: the trace may lack packets that the subject
   * received.
   */
  gaps: boolean
  /** The last Acknowledgment Number that the subject sent. */
  last: number | undefined
  /**
   * Latest Sequence Number of the subject: a packet with an earlier one was overtaken on its way.
   */
  own: number | undefined
  /**
   * An acknowledgment of a packet that the capture does not have, and may have missed. The peer's
   * next packet decides.
   */
  pending:
    | {
        readonly number: number
        readonly heard: number | undefined
        readonly entry: number
        readonly at: number
      }
    | undefined
  count: number
  decreases: number
  first: { readonly seen: string; readonly entry: number } | undefined
}

export default monitor(
  {
    id: 'tunnel-acknowledgment',
    purpose: 'Acknowledgment Numbers are of packets that were received, and never decrease.',
    decides: ['4.1/acknowledges-received'],
    provenBy: ['gre-acknowledges-unsent', 'gre-acknowledgment-decreases'],
  },
  ({ captured, observe }) => {
    const states = new Map<CallView, Acknowledgments>()
    /** Whether the peer sent GRE that is not enhanced: acknowledging that is another fault. */
    let strange = false

    function stateOf(call: CallView): Acknowledgments {
      const known = states.get(call)
      if (known !== undefined) return known
      const state: Acknowledgments = {
        heard: undefined,
        gaps: false,
        pending: undefined,
        last: undefined,
        own: undefined,
        count: 0,
        decreases: 0,
        first: undefined,
      }
      states.set(call, state)
      return state
    }

    function tell(ok: boolean, number: number, heard: number | undefined, entry: number): void {
      observe('4.1/acknowledges-received', {
        ok,
        expected:
          heard === undefined
            ? 'no acknowledgment before the other end has sent a packet'
            : `an Acknowledgment Number of at most ${heard}, the last that the other end sent`,
        seen: `Acknowledgment Number ${number}`,
        entry,
      })
    }

    /** Decides about a pending acknowledgment: if its packet comes only now, it was ahead. */
    function settle(state: Acknowledgments, sequence: number, at: number): void {
      const { pending } = state
      if (pending === undefined) return
      state.pending = undefined
      const isNew = pending.heard === undefined || isLater(sequence, pending.heard)
      // A capture may swap packets that pass at the same moment.
      if (isNew && !isLater(sequence, pending.number) && at - pending.at > SAME_MOMENT)
        tell(false, pending.number, pending.heard, pending.entry)
    }

    return {
      strangePacketHeard() {
        strange = true
      },
      packetHeard({ packet, call, entry }) {
        const sequence = packet.sequenceNumber
        if (call === undefined || sequence === undefined) return
        const state = stateOf(call)
        const next = state.heard === undefined ? 0 : (state.heard + 1) >>> 0
        if (isLater(sequence, next)) state.gaps = true
        settle(state, sequence, entry.at)
        if (state.heard === undefined || isLater(sequence, state.heard)) state.heard = sequence
      },
      packetSent({ packet, entry, tunnel, call }) {
        // Without both Call IDs the two directions of a call cannot be matched.
        if (call?.pacId === undefined || call.pnsId === undefined || call.shared || !tunnel.known) return
        const state = stateOf(call)
        const { sequenceNumber, acknowledgmentNumber } = packet
        if (sequenceNumber !== undefined) {
          if (state.own !== undefined && !isLater(sequenceNumber, state.own)) return
          state.own = sequenceNumber
        }
        if (acknowledgmentNumber === undefined || strange) return
        const { heard } = state
        const ok = heard !== undefined && !isLater(acknowledgmentNumber, heard)
        const { index, at } = entry
        if (captured && !ok) state.pending ??= { number: acknowledgmentNumber, heard, entry: index, at }
        else if (!state.gaps) tell(ok, acknowledgmentNumber, heard, index)
        state.count++
        if (state.last !== undefined && isLater(state.last, acknowledgmentNumber)) {
          state.decreases++
          state.first ??= {
            seen: `Acknowledgment Number ${acknowledgmentNumber} after ${state.last}`,
            entry: entry.index,
          }
        }
        state.last = acknowledgmentNumber
      },
      end() {
        for (const { decreases, count, first } of states.values())
          if (first !== undefined && isHabit(decreases, count))
            observe('4.1/acknowledges-received', {
              ok: false,
              expected: 'Acknowledgment Numbers that never decrease',
              seen: first.seen,
              entry: first.entry,
            })
      },
    }
  },
)
