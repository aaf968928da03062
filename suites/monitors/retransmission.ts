import type { WatchedMessage } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

export default monitor(
  {
    id: 'retransmission',
    purpose: 'No control message is sent again: TCP delivers each one.',
    decides: ['3/no-retransmission'],
    provenBy: [
      'start-reply-twice',
      'stop-reply-twice',
      'echo-reply-twice',
      'call-reply-twice',
      'clear-notify-twice',
    ],
  },
  ({ subject, peer, observe }) => {
    /** The last message that the subject sent, by connection and name. */
    const last = new Map<string, Uint8Array>()

    /** Whether the same message again would say nothing new. */
    function isIdle({ message, connection, call }: WatchedMessage): boolean {
      const { calls } = connection
      switch (message.name) {
        case 'Start-Control-Connection-Request':
          return connection.openStarts[subject] > 0
        case 'Start-Control-Connection-Reply':
          return connection.openStarts[peer] === 0
        case 'Stop-Control-Connection-Request':
          return connection.openStops[subject] > 0
        case 'Stop-Control-Connection-Reply':
          return connection.openStops[peer] === 0
        case 'Echo-Reply':
          // While requests are open, an Echo-Reply with another Identifier is a wrong answer, not a
          // repeated one.
          return connection.openEchoes[peer].size === 0
        case 'Outgoing-Call-Request':
          return calls.some(
            ({ phase, pns, pnsId }) =>
              [phase, pns, pnsId].join() === ['asked', subject, message.callId].join(),
          )
        case 'Incoming-Call-Request':
          return calls.some(
            ({ phase, pac, pacId }) =>
              [phase, pac, pacId].join() === ['asked', subject, message.callId].join(),
          )
        case 'Outgoing-Call-Reply':
        case 'Incoming-Call-Reply':
        case 'Incoming-Call-Connected':
          return call === undefined
        case 'Call-Clear-Request':
          return call?.clearing === true
        case 'Call-Disconnect-Notify':
          return call?.phase === 'over'
        default:
          // Among others Echo-Request, which may be sent at any time, also with the Identifier of
          // an earlier one.
          return false
      }
    }

    return {
      sent(seen) {
        const { message, octets, entry, connection } = seen
        if (!connection.wholesome) return
        const key = `${connection.number} ${message.name}`
        const earlier = last.get(key)
        last.set(key, octets)
        const again =
          earlier?.length === octets.length &&
          octets.every((octet, at) => octet === earlier[at]) &&
          isIdle(seen)
        observe('3/no-retransmission', {
          ok: !again,
          expected: 'each control message once',
          seen: again ? `the same ${message.name} again` : message.name,
          entry: entry.index,
        })
      },
    }
  },
)
