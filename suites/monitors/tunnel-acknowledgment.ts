import { isLater } from '../../harness/protocol/gre.ts'
import type { CallView } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'
import { isHabit } from './habit.ts'

interface Acknowledgments {
  /** Highest number that the peer sent; undefined before its first packet. */
  heard: number | undefined
  /**
   * Whether numbers of the peer's are missing: the trace may have lost what the subject received.
   */
  gaps: boolean
  last: number | undefined
  /**
   * Latest of the subject's own numbers: what comes with an earlier one was overtaken on its way.
   */
  own: number | undefined
  count: number
  decreases: number
  first: { readonly seen: string; readonly entry: number } | undefined
}

export default monitor(
  {
    id: 'tunnel-acknowledgment',
    purpose: 'Acknowledgments are of what was received, and do not go back.',
    decides: ['4.1/acknowledges-received'],
    provenBy: ['gre-acknowledges-unsent', 'gre-acknowledgment-decreases'],
  },
  ({ observe }) => {
    const states = new Map<CallView, Acknowledgments>()
    /** Whether the peer sent what is no enhanced GRE: to acknowledge that is another fault. */
    let strange = false

    function stateOf(call: CallView): Acknowledgments {
      const known = states.get(call)
      if (known !== undefined) return known
      const state: Acknowledgments = {
        heard: undefined,
        gaps: false,
        last: undefined,
        own: undefined,
        count: 0,
        decreases: 0,
        first: undefined,
      }
      states.set(call, state)
      return state
    }

    return {
      strangePacketHeard() {
        strange = true
      },
      packetHeard({ packet, call }) {
        const sequence = packet.sequenceNumber
        if (call === undefined || sequence === undefined) return
        const state = stateOf(call)
        const next = state.heard === undefined ? 0 : (state.heard + 1) >>> 0
        if (isLater(sequence, next)) state.gaps = true
        if (state.heard === undefined || isLater(sequence, state.heard)) state.heard = sequence
      },
      packetSent({ packet, entry, tunnel, call }) {
        // Without both Call IDs the two directions cannot be brought together.
        if (call?.pacId === undefined || call.pnsId === undefined || call.shared || !tunnel.known) return
        const state = stateOf(call)
        const { sequenceNumber, acknowledgmentNumber } = packet
        if (sequenceNumber !== undefined) {
          if (state.own !== undefined && !isLater(sequenceNumber, state.own)) return
          state.own = sequenceNumber
        }
        if (acknowledgmentNumber === undefined || strange) return
        const { heard } = state
        if (!state.gaps)
          observe('4.1/acknowledges-received', {
            ok: heard !== undefined && !isLater(acknowledgmentNumber, heard),
            expected:
              heard === undefined
                ? 'no acknowledgment before anything was sent'
                : `an Acknowledgment Number of at most ${heard}, the last that was sent`,
            seen: `Acknowledgment Number ${acknowledgmentNumber}`,
            entry: entry.index,
          })
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
              expected: 'Acknowledgment Numbers that never go back',
              seen: first.seen,
              entry: first.entry,
            })
      },
    }
  },
)
