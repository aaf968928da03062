import type { ConnectionView } from '../../harness/scenario/conversation.ts'
import type { Watched } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

/** What may go out before the control connection is established. */
function belongsBefore({ message, connection }: Watched): boolean {
  switch (message.name) {
    case 'Start-Control-Connection-Request':
    case 'Start-Control-Connection-Reply':
    case 'Stop-Control-Connection-Reply':
      return true
    case 'Stop-Control-Connection-Request':
      // Refusing a version (section 3.1.1); before the start it could not be one.
      return connection.phase === 'refused' || connection.openStarts.tester + connection.openStarts.iut > 0
    case 'Echo-Reply':
    case 'Outgoing-Call-Reply':
    case 'Incoming-Call-Reply':
      // Not-Connected, and any other way to say no (interpretation A-37).
      return message.resultCode !== 1
    default:
      return false
  }
}

function isReply(name: string): boolean {
  return name.endsWith('-Reply')
}

/** ms in which an end follows what brings it about. */
const PROMPT = 5000

const REQUESTS: ReadonlySet<string> = new Set([
  'Start-Control-Connection-Request',
  'Outgoing-Call-Request',
  'Incoming-Call-Request',
])

export default monitor(
  {
    id: 'connection-order',
    purpose:
      'Nothing but the start goes out before the control connection is established, and nothing after it was stopped.',
    decides: [
      '2.1/nothing-before-start',
      '2.1/established-first',
      '2.1/one-request',
      '3.1.1/nothing-before-reply',
      '3.1.2/nothing-before-request',
      '3.1.2/nothing-after-stop',
      '3.1.2/local-termination-stops',
      '3.1.2/stop-reply-closes',
    ],
    provenBy: [
      'accepts-before-start',
      'echo-succeeds-before-start',
      'call-before-start-reply',
      'accepts-refused-start',
      'stop-reply-twice',
      'start-request-repeated',
      'stop-before-start',
    ],
  },
  ({ subject, peer, captured, observe }) => {
    /**
     * When something was last said, on each connection that the peer opened; and when its stop was
     * agreed to.
     */
    const lastSaid = new Map<ConnectionView, number>()
    const agreed = new Map<ConnectionView, number>()
    /** Connections on which the subject sent its start. */
    const started = new Set<ConnectionView>()
    let now = 0

    function passes({ entry, connection }: Pick<Watched, 'entry' | 'connection'>): void {
      now = entry.at
      if (connection.originator === peer) lastSaid.set(connection, now)
    }

    /**
     * Whether a time-out may have ended the connection: nothing need be sent then (interpretation
     *
     */
    function mayHaveTimedOut({ openEchoes, calls }: ConnectionView): boolean {
      return (
        openEchoes[subject].size > 0 ||
        calls.some((call) => call.clearing || call.phase === 'asked' || call.phase === 'accepted')
      )
    }

    return {
      packetSent({ entry, call }) {
        if (call !== undefined) passes({ entry, connection: call.connection })
      },
      packetHeard({ entry, call }) {
        if (call !== undefined) passes({ entry, connection: call.connection })
      },
      heard({ message, entry, connection }) {
        passes({ entry, connection })
        if (connection.originator !== peer || connection.stopSent[subject] !== 'request') return
        if (message.name === 'Stop-Control-Connection-Reply' && message.resultCode === 1)
          agreed.set(connection, entry.at)
      },
      end() {
        for (const [connection, at] of agreed) {
          const closed = connection.phase === 'closed'
          if (!closed && now - at < PROMPT) continue
          observe('3.1.2/stop-reply-closes', {
            ok: closed,
            expected: 'TCP closed after Stop-Control-Connection-Reply',
            seen: closed ? 'just that' : 'TCP still open',
          })
        }
        for (const [connection, said] of lastSaid) {
          const { closedBy, phaseSince, stopSent, wholesome, established } = connection
          if (closedBy !== subject || !established || !wholesome || mayHaveTimedOut(connection)) continue
          // In a capture nobody knows who sent it.
          if (captured && connection.wasReset) continue
          // What is closed right behind a message may be the answer to it.
          if (stopSent[subject] !== undefined || stopSent[peer] !== undefined || phaseSince - said < PROMPT)
            continue
          observe('3.1.2/local-termination-stops', {
            ok: false,
            expected:
              'Stop-Control-Connection-Request before a connection is closed for no reason of the peer',
            seen: 'TCP closed without it',
          })
        }
      },
      sent(seen) {
        const { message, entry, connection } = seen
        passes(seen)
        if (
          message.name === 'Stop-Control-Connection-Request' &&
          connection.originator === peer &&
          connection.phase === 'established'
        )
          observe('3.1.2/local-termination-stops', {
            ok: true,
            expected: 'Stop-Control-Connection-Request before a connection is closed',
            seen: 'just that',
            entry: entry.index,
          })
        if (message.name === 'unrecognized' || connection.originator === undefined) return
        // What of the peer is missing or ill-formed may have been its part of the start.
        if (connection.troubled[peer]) return
        const opened = connection.originator === subject
        const before = connection.phase === 'open' || connection.phase === 'refused'
        const order = {
          ok: !before || belongsBefore(seen),
          expected: 'nothing but the start before the control connection is established',
          seen: before ? `${message.name} before that` : 'just that',
          entry: entry.index,
        }
        observe(isReply(message.name) ? '2.1/established-first' : '2.1/nothing-before-start', order)
        if (opened && connection.phase === 'open') observe('3.1.1/nothing-before-reply', order)
        if (!opened)
          observe('3.1.2/nothing-before-request', {
            ...order,
            ok: connection.phase !== 'open' || connection.openStarts[peer] > 0 || isReply(message.name),
            expected: 'nothing before Start-Control-Connection-Request',
          })
        if (message.name === 'Start-Control-Connection-Request') {
          // The peer may have closed its half before the first one came.
          const again = started.has(connection) || connection.established || connection.phase === 'refused'
          started.add(connection)
          observe('2.1/one-request', {
            ok: !again,
            expected: 'one Start-Control-Connection-Request',
            seen: again ? 'another one' : 'just that',
            entry: entry.index,
          })
        }
        const stopped = connection.stopSent[subject]
        const stops =
          message.name === 'Stop-Control-Connection-Reply' ||
          message.name === 'Stop-Control-Connection-Request'
        if (stopped === undefined && !stops) return
        const answer = message.name === 'Stop-Control-Connection-Reply' && connection.openStops[peer] > 0
        const ok = stopped === undefined || answer || (stopped === 'request' && !REQUESTS.has(message.name))
        observe('3.1.2/nothing-after-stop', {
          ok,
          expected:
            'nothing more after Stop-Control-Connection-Reply, no request after Stop-Control-Connection-Request',
          seen: ok ? 'just that' : `${message.name} after that`,
          entry: entry.index,
        })
      },
    }
  },
)
