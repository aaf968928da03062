import { isLater } from '../../harness/protocol/gre.ts'
import { type CallView, isLiving } from '../../harness/scenario/conversation.ts'
import { monitor } from '../catalogue.ts'

/** ms in which what was on its way may still arrive when the other side ended the call. */
const IN_FLIGHT = 1000

const ENDS = {
  notify: '3.2.4.1/tunnel-ends',
  stop: '2.3/calls-cleared',
  close: '3/calls-end',
} as const

export default monitor(
  {
    id: 'tunnel-calls',
    purpose: 'Packets belong to a call that is connected, by the Call ID that their receiver assigned.',
    decides: [
      '1.3.1/control-first',
      '4.1/call-id',
      '1.2/session-datagrams',
      '1.3.2/key-from-call',
      '2.10/peers-call-id-in-tunnel',
      '3.2.3.2/tunnel-after-connected',
      '3.2.4.2/refused-call-idle',
      '3.2.4.1/tunnel-ends',
      '2.3/calls-cleared',
      '3/calls-end',
    ],
    provenBy: [
      'accepts-before-start',
      'gre-wrong-call-id',
      'gre-to-another-peer',
      'incoming-tunnel-before-connected',
      'uses-refused-call',
      'clear-keeps-tunnel',
      'stop-keeps-tunnel',
      'drop-keeps-tunnel',
    ],
  },
  ({ subject, peer, observe }) => {
    /**
     * The first data that the peer sent to a call after its end: to acknowledge it is to live on.
     */
    const afterEnd = new Map<CallView, number>()
    return {
      packetHeard({ packet, entry, call }) {
        if (call?.ended === undefined || packet.sequenceNumber === undefined || afterEnd.has(call)) return
        const grace = call.ended.by === subject ? 0 : IN_FLIGHT
        if (entry.at >= call.phaseSince + grace) afterEnd.set(call, packet.sequenceNumber)
      },
      packetSent({ packet, entry, tunnel, call }) {
        const at = entry.index
        const strayed = call === undefined ? tunnel.elsewhere(peer, packet.callId) : undefined
        if (strayed !== undefined || (call !== undefined && isLiving(call)))
          observe('1.2/session-datagrams', {
            ok: strayed === undefined,
            expected: 'packets of a call between the two addresses of its control connection',
            seen:
              strayed === undefined ? 'just that' : `a packet of call ${packet.callId} to another address`,
            entry: at,
          })
        if (!tunnel.known) return
        if (packet.payload.length > 0 && call !== undefined)
          observe('1.3.1/control-first', {
            ok: call.connection.established,
            expected: 'PPP packets once the control connection is established',
            seen: call.connection.established ? 'just that' : 'one before that',
            entry: at,
          })
        if (call === undefined) {
          // A number that no call of this trace has may be a straggler of an earlier one; these two
          // cannot.
          const { callId } = packet
          const swapped = ((callId & 0xff) << 8) | (callId >> 8)
          const own = tunnel.assigned(subject, callId)
          const other = tunnel.assigned(peer, swapped)
          const confused =
            own !== undefined && isLiving(own)
              ? 'the one that the sender assigned'
              : other !== undefined && isLiving(other)
                ? `${swapped} with its octets swapped`
                : undefined
          if (confused === undefined) return
          const judgement = {
            ok: false,
            expected: 'a Call ID that the receiver assigned',
            seen: `Call ID ${callId}, ${confused}`,
            entry: at,
          }
          const meant = own ?? other
          observe('4.1/call-id', judgement)
          observe('1.3.2/key-from-call', judgement)
          if (meant?.direction === 'incoming' && meant.pns === subject)
            observe('2.10/peers-call-id-in-tunnel', judgement)
          return
        }
        if (isLiving(call)) {
          const judgement = {
            ok: true,
            expected: 'a Call ID that the receiver assigned',
            seen: `Call ID ${packet.callId}`,
            entry: at,
          }
          observe('4.1/call-id', judgement)
          observe('1.3.2/key-from-call', judgement)
          if (call.direction === 'incoming' && call.pns === subject)
            observe('2.10/peers-call-id-in-tunnel', judgement)
        }
        if (packet.payload.length > 0 && call.direction === 'incoming' && call.pns === subject)
          observe('3.2.3.2/tunnel-after-connected', {
            ok: call.phase !== 'accepted',
            expected: 'no data before Incoming-Call-Connected',
            seen: call.phase === 'accepted' ? 'data before that' : 'just that',
            entry: at,
          })
        if (packet.payload.length > 0)
          observe('3.2.4.2/refused-call-idle', {
            ok: call.phase !== 'refused',
            expected: 'data only for calls that were connected',
            seen:
              call.phase === 'refused' ? `data for Call ID ${packet.callId}, which was refused` : 'just that',
            entry: at,
          })
        const since = afterEnd.get(call)
        if (call.ended === undefined || since === undefined) return
        const acknowledged = packet.acknowledgmentNumber
        if (acknowledged === undefined || isLater(since, acknowledged)) return
        observe(ENDS[call.ended.how], {
          ok: false,
          expected: 'a tunnel that is dead once its call is over',
          seen: `an acknowledgment of packet ${acknowledged}, which was sent after that`,
          entry: at,
        })
      },
      end() {
        // Only where the peer tried is it known that nothing comes back; violations seen before
        // stand.
        for (const call of afterEnd.keys())
          if (call.ended !== undefined)
            observe(ENDS[call.ended.how], {
              ok: true,
              expected: 'a tunnel that is dead once its call is over',
              seen: 'just that',
            })
      },
    }
  },
)
