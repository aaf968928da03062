import { isLater } from '../../harness/protocol/gre.ts'
import { type CallView, isLiving } from '../../harness/scenario/conversation.ts'
import type { Watch, WatchedPacket } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

/** ms in which packets that were on their way may still arrive after the peer ended the call. */
const IN_FLIGHT = 1000

const ENDS = {
  notify: '3.2.4.1/tunnel-ends',
  stop: '2.3/calls-cleared',
  close: '3/calls-end',
} as const

const DEAD = 'no acknowledgment of packets that were sent after the end of the call'

const DECIDES = [
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
] as const
type Watching = Watch<(typeof DECIDES)[number]>

export default monitor(
  {
    id: 'tunnel-calls',
    purpose:
      'Packets carry the Call ID that their receiver assigned, and data only goes to calls that are connected.',
    decides: DECIDES,
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
  (watch) => {
    const { subject, observe } = watch
    /**
     * Sequence number of the first packet that the peer sent to a call after its end: an
     * acknowledgment of it shows that the call lives on.
     */
    const afterEnd = new Map<CallView, number>()
    return {
      packetHeard({ packet, entry, call }) {
        if (call?.ended === undefined || packet.sequenceNumber === undefined || afterEnd.has(call)) return
        const grace = call.ended.by === subject ? 0 : IN_FLIGHT
        if (entry.at >= call.phaseSince + grace) afterEnd.set(call, packet.sequenceNumber)
      },
      packetSent(seen) {
        judgeAddresses(watch, seen)
        const { call, tunnel } = seen
        if (!tunnel.known) return
        if (call === undefined) {
          judgeUnassigned(watch, seen)
          return
        }
        if (seen.packet.payload.length > 0) judgeData(watch, seen, call)
        if (isLiving(call)) judgeAssigned(watch, seen, call)
        judgeAfterEnd(watch, seen, call, afterEnd.get(call))
      },
      end() {
        // A call passes only if the peer sent it a packet after its end; earlier violations stand.
        for (const call of afterEnd.keys())
          if (call.ended !== undefined)
            observe(ENDS[call.ended.how], {
              ok: true,
              expected: DEAD,
              seen: 'no acknowledgment of the packets sent after the end of the call',
            })
      },
    }
  },
)

/** Judges whether a packet goes to the peer of its call. */
function judgeAddresses({ peer, observe }: Watching, { packet, entry, tunnel, call }: WatchedPacket): void {
  const { callId } = packet
  const strayed = call === undefined ? tunnel.elsewhere(peer, callId) : undefined
  if (strayed === undefined && (call === undefined || !isLiving(call))) return
  observe('1.2/session-datagrams', {
    ok: strayed === undefined,
    expected: 'packets of a call between the two addresses of its control connection',
    seen: `a packet with Call ID ${callId} ${strayed === undefined ? 'to the peer of its control connection' : 'to another address'}`,
    entry: entry.index,
  })
}

/**
 * Judges a Call ID that the receiver did not assign. A packet with an unknown Call ID may be a late
 * one of an earlier call. It fails only if the sender itself assigned that Call ID, or if the
 * receiver assigned it with its octets swapped.
 */
function judgeUnassigned(watch: Watching, { packet: { callId }, entry, tunnel }: WatchedPacket): void {
  const { subject, peer } = watch
  const swapped = ((callId & 0xff) << 8) | (callId >> 8)
  const own = tunnel.assigned(subject, callId)
  const other = tunnel.assigned(peer, swapped)
  const confused =
    own !== undefined && isLiving(own)
      ? 'which the sender assigned'
      : other !== undefined && isLiving(other)
        ? `which is Call ID ${swapped} with its octets swapped`
        : undefined
  if (confused !== undefined)
    observeCallId(watch, own ?? other, false, `Call ID ${callId}, ${confused}`, entry.index)
}

function judgeAssigned(watch: Watching, { packet, entry }: WatchedPacket, call: CallView): void {
  observeCallId(watch, call, true, `Call ID ${packet.callId}`, entry.index)
}

/** Observes whether the Call ID in a packet for `call` is one that the receiver assigned. */
function observeCallId(
  { subject, observe }: Watching,
  call: CallView | undefined,
  ok: boolean,
  seen: string,
  entry: number,
): void {
  const judgement = { ok, expected: 'a Call ID that the receiver assigned', seen, entry }
  observe('4.1/call-id', judgement)
  observe('1.3.2/key-from-call', judgement)
  if (call?.direction === 'incoming' && call.pns === subject)
    observe('2.10/peers-call-id-in-tunnel', judgement)
}

/** Judges data: it may be sent once the control connection and the call are established. */
function judgeData(
  { subject, captured, observe }: Watching,
  { packet, entry }: WatchedPacket,
  call: CallView,
): void {
  const { established } = call.connection
  observe('1.3.1/control-first', {
    ok: established,
    expected: 'PPP packets only after the control connection was established',
    seen: `a PPP packet ${established ? 'after' : 'before'} the control connection was established`,
    entry: entry.index,
  })
  const seen = `data for Call ID ${packet.callId}, of a call that is ${call.phase}`
  if (call.direction === 'incoming' && call.pns === subject)
    observe('3.2.3.2/tunnel-after-connected', {
      ok: call.phase !== 'accepted',
      expected: 'no data before Incoming-Call-Connected',
      seen: call.phase === 'accepted' ? 'data before Incoming-Call-Connected' : seen,
      entry: entry.index,
      // A capture may lack the frame of Incoming-Call-Connected, or have it too late.
      ...(captured ? { otherwise: 'warn' } : {}),
    })
  // The data may be of the living call whose Call ID this one was asked for with.
  if (call.shared) return
  observe('3.2.4.2/refused-call-idle', {
    ok: call.phase !== 'refused',
    expected: 'no data for a call that was refused',
    seen,
    entry: entry.index,
  })
}

/** @param since Sequence Number of the first packet that the peer sent after the call's end. */
function judgeAfterEnd(
  { observe }: Watching,
  { packet: { acknowledgmentNumber: acknowledged }, entry }: WatchedPacket,
  { ended }: CallView,
  since: number | undefined,
): void {
  if (ended === undefined || since === undefined) return
  if (acknowledged === undefined || isLater(since, acknowledged)) return
  observe(ENDS[ended.how], {
    ok: false,
    expected: DEAD,
    seen: `Acknowledgment Number ${acknowledged}; packet ${since} was sent after the end of the call`,
    entry: entry.index,
  })
}
