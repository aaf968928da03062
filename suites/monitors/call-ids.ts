import { isLiving } from '../../harness/scenario/conversation.ts'
import type { WatchedMessage } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

/** Messages that assign a Call ID, and the requirement that it is unique in each one's section. */
const UNIQUE = {
  'Outgoing-Call-Request': '2.7/call-id-unique',
  'Incoming-Call-Request': '2.9/call-id-unique',
  'Incoming-Call-Reply': '2.10/call-id-unique',
} as const

export default monitor(
  {
    id: 'call-ids',
    purpose:
      'No two live calls have the same Call ID, and each message carries the Call ID that its section asks for.',
    decides: [
      '3.2.2/call-id-unique',
      '3.2.2/assigned',
      '2.7/call-id-unique',
      '2.9/call-id-unique',
      '2.10/call-id-unique',
      '2.7/call-serial-number',
      '2.12/call-id',
      '2.13/call-id',
      '2.14/peers-call-id',
      '2.15/peers-call-id',
    ],
    provenBy: [
      'call-id-reused',
      'clear-wrong-call-id',
      'clear-request-wrong-call-id',
      'link-info-own-call-id',
    ],
  },
  ({ subject, observe }) => {
    const serials = new Set<number>()

    /** Judges a Call ID that the subject assigns to a call. */
    function assigns({ message, entry, tunnel, call }: WatchedMessage, callId: number): void {
      const holder = tunnel.assigned(subject, callId)
      if (!tunnel.known || call?.phase === 'over') return
      // While a call is being cleared, the subject may have seen its end before the trace shows it.
      const taken = holder !== undefined && holder !== call && isLiving(holder) && !holder.clearing
      const judgement = {
        ok: !taken,
        expected: 'Call IDs that no live call has',
        seen: `Call ID ${callId}${taken ? ', which a live call has' : ''}`,
        entry: entry.index,
      }
      observe('3.2.2/call-id-unique', judgement)
      observe('3.2.2/assigned', judgement)
      if (message.name in UNIQUE) observe(UNIQUE[message.name as keyof typeof UNIQUE], judgement)
    }

    /** Judges a Call Serial Number that the subject gives to a call. */
    function numbers({ entry }: WatchedMessage, serial: number): void {
      const ok = !serials.has(serial)
      serials.add(serial)
      observe('2.7/call-serial-number', {
        ok,
        expected: 'a Call Serial Number not used before',
        seen: `Call Serial Number ${serial}`,
        entry: entry.index,
      })
    }

    return {
      sent(seen) {
        const { message, entry, connection, call } = seen
        const { calls } = connection
        switch (message.name) {
          case 'Outgoing-Call-Request':
          case 'Incoming-Call-Request':
            assigns(seen, message.callId)
            numbers(seen, message.callSerialNumber)
            return
          case 'Outgoing-Call-Reply':
          case 'Incoming-Call-Reply':
            // A reply that answers no request is judged by the monitor `replies`.
            if (message.resultCode === 1 && call !== undefined) assigns(seen, message.callId)
            return
          case 'Call-Clear-Request': {
            if (!connection.wholesome || !calls.some(({ pns }) => pns === subject)) return
            observe('2.12/call-id', {
              ok: call !== undefined,
              expected: 'Call-Clear-Request with the Call ID that its sender assigned to a call',
              seen: `Call ID ${message.callId}`,
              entry: entry.index,
            })
            return
          }
          case 'Call-Disconnect-Notify': {
            if (!connection.wholesome) return
            // The PAC has no Call ID to send for a call that was cleared before its reply
            // (interpretation A-04).
            const own = calls.filter((one) => one.pac === subject)
            const meant =
              own.some((one) => isLiving(one) && one.pacId !== undefined) &&
              // The Call ID of a call that is over: the message crossed with another one.
              !own.some((one) => one.pacId === message.callId)
            const unanswered = calls.some(
              (one) => one.pac === subject && one.clearing && one.pacId === undefined,
            )
            if (call === undefined && (!meant || unanswered)) return
            observe('2.13/call-id', {
              ok: call !== undefined,
              expected: 'Call-Disconnect-Notify with the Call ID that its sender assigned to the call',
              seen: `Call ID ${message.callId}`,
              entry: entry.index,
            })
            return
          }
          case 'Set-Link-Info': {
            const own = calls.filter((one) => one.pns === subject && one.pacId !== undefined)
            if (!connection.wholesome || own.length === 0) return
            observe('2.15/peers-call-id', {
              ok: own.some(({ pacId }) => pacId === message.peersCallId),
              expected: "Set-Link-Info with the Call ID that the PAC assigned as Peer's Call ID",
              seen: `Peer's Call ID ${message.peersCallId}`,
              entry: entry.index,
            })
            return
          }
          case 'WAN-Error-Notify': {
            const own = calls.filter((one) => one.pac === subject && one.pnsId !== undefined)
            if (!connection.wholesome || own.length === 0) return
            observe('2.14/peers-call-id', {
              ok: own.some(({ pnsId }) => pnsId === message.peersCallId),
              expected: "WAN-Error-Notify with the Call ID that the PNS assigned as Peer's Call ID",
              seen: `Peer's Call ID ${message.peersCallId}`,
              entry: entry.index,
            })
          }
        }
      },
    }
  },
)
