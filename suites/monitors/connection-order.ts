import type { ConnectionView } from '../../harness/scenario/conversation.ts'
import type { Watch, WatchedMessage } from '../../harness/scenario/monitor.ts'
import type { Side } from '../../harness/trace/trace.ts'
import { monitor } from '../catalogue.ts'

/** What may go out before the control connection is established. */
function belongsBefore({ message, connection }: WatchedMessage): boolean {
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

/** How long, in ms, a connection may stay open after what must end it. */
const PROMPT = 5000

const STOPS = {
  request: 'Stop-Control-Connection-Request',
  reply: 'Stop-Control-Connection-Reply',
} as const

const REQUESTS: ReadonlySet<string> = new Set([
  'Start-Control-Connection-Request',
  'Outgoing-Call-Request',
  'Incoming-Call-Request',
])

const DECIDES = [
  '2.1/nothing-before-start',
  '2.1/established-first',
  '2.1/one-request',
  '3.1.1/nothing-before-reply',
  '3.1.2/nothing-before-request',
  '3.1.2/nothing-after-stop',
  '3.1.2/local-termination-stops',
  '3.1.2/stop-reply-closes',
] as const

/** What passed on the connections so far. */
interface Passed extends Watch<(typeof DECIDES)[number]> {
  /** When something was last said, on each connection that the peer opened. */
  readonly lastSaid: Map<ConnectionView, number>
  /** When the peer agreed to the subject's stop, on each connection that the peer opened. */
  readonly agreed: Map<ConnectionView, number>
  /** Connections on which the subject sent its start. */
  readonly started: Set<ConnectionView>
  now: number
}

export default monitor(
  {
    id: 'connection-order',
    purpose:
      'Nothing but the start goes out before the control connection is established, and nothing after it was stopped.',
    decides: DECIDES,
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
  (watch) => {
    const passed: Passed = {
      ...watch,
      lastSaid: new Map(),
      agreed: new Map(),
      started: new Set(),
      now: 0,
    }
    const { subject, peer } = watch
    return {
      packetSent({ entry, call }) {
        if (call !== undefined) pass(passed, { entry, connection: call.connection })
      },
      packetHeard({ entry, call }) {
        if (call !== undefined) pass(passed, { entry, connection: call.connection })
      },
      heard({ message, entry, connection }) {
        pass(passed, { entry, connection })
        if (connection.originator !== peer || connection.stopSent[subject] !== 'request') return
        if (message.name === 'Stop-Control-Connection-Reply' && message.resultCode === 1)
          passed.agreed.set(connection, entry.at)
      },
      sent(seen) {
        const { message, connection } = seen
        pass(passed, seen)
        judgeStop(passed, seen)
        if (message.name === 'unrecognized' || connection.originator === undefined) return
        // What of the peer is missing or ill-formed may have been its part of the start.
        if (connection.troubled[peer]) return
        judgeBeforeStart(passed, seen)
        if (message.name === 'Start-Control-Connection-Request') judgeStartRequest(passed, seen)
        judgeAfterStop(passed, seen)
      },
      end() {
        judgeAgreed(passed)
        judgeTerminations(passed)
      },
    }
  },
)

function pass(passed: Passed, { entry, connection }: Pick<WatchedMessage, 'entry' | 'connection'>): void {
  passed.now = entry.at
  if (connection.originator === passed.peer) passed.lastSaid.set(connection, entry.at)
}

/** The subject stops an established connection that the peer opened. */
function judgeStop({ peer, observe }: Passed, { message, entry, connection }: WatchedMessage): void {
  if (
    message.name === 'Stop-Control-Connection-Request' &&
    connection.originator === peer &&
    connection.phase === 'established'
  )
    observe('3.1.2/local-termination-stops', {
      ok: true,
      expected: 'Stop-Control-Connection-Request before a connection is closed',
      seen: 'Stop-Control-Connection-Request',
      entry: entry.index,
    })
}

function judgeBeforeStart({ subject, peer, observe }: Passed, seen: WatchedMessage): void {
  const { message, entry, connection } = seen
  const opened = connection.originator === subject
  const before = connection.phase === 'open' || connection.phase === 'refused'
  const order = {
    ok: !before || belongsBefore(seen),
    expected: 'nothing but the start before the control connection is established',
    seen: `${message.name} while the control connection is ${before ? 'not established' : connection.phase}`,
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
}

function judgeStartRequest({ started, observe }: Passed, { entry, connection }: WatchedMessage): void {
  // The peer may have closed its half before the first one came.
  const again = started.has(connection) || connection.established || connection.phase === 'refused'
  started.add(connection)
  observe('2.1/one-request', {
    ok: !again,
    expected: 'one Start-Control-Connection-Request',
    seen: `${again ? 'another' : 'the first'} Start-Control-Connection-Request`,
    entry: entry.index,
  })
}

function judgeAfterStop(
  { subject, peer, observe }: Passed,
  { message, entry, connection }: WatchedMessage,
): void {
  const stopped = connection.stopSent[subject]
  const stops =
    message.name === 'Stop-Control-Connection-Reply' || message.name === 'Stop-Control-Connection-Request'
  if (stopped === undefined && !stops) return
  const answer = message.name === 'Stop-Control-Connection-Reply' && connection.openStops[peer] > 0
  observe('3.1.2/nothing-after-stop', {
    ok: stopped === undefined || answer || (stopped === 'request' && !REQUESTS.has(message.name)),
    expected:
      'nothing more after Stop-Control-Connection-Reply, no request after Stop-Control-Connection-Request',
    seen: stopped === undefined ? message.name : `${message.name} after ${STOPS[stopped]}`,
    entry: entry.index,
  })
}

function judgeAgreed({ agreed, now, observe }: Passed): void {
  for (const [connection, at] of agreed) {
    const closed = connection.phase === 'closed'
    if (!closed && now - at < PROMPT) continue
    observe('3.1.2/stop-reply-closes', {
      ok: closed,
      expected: 'TCP closed after Stop-Control-Connection-Reply',
      seen: closed ? 'TCP closed' : 'TCP still open',
    })
  }
}

function judgeTerminations({ subject, peer, captured, lastSaid, observe }: Passed): void {
  for (const [connection, said] of lastSaid) {
    const { closedBy, phaseSince, stopSent, wholesome, established } = connection
    if (closedBy !== subject || !established || !wholesome || mayHaveTimedOut(connection, subject)) continue
    // In a capture nobody knows who sent it.
    if (captured && connection.wasReset) continue
    // What is closed right behind a message may be the answer to it.
    if (stopSent[subject] !== undefined || stopSent[peer] !== undefined || phaseSince - said < PROMPT)
      continue
    observe('3.1.2/local-termination-stops', {
      ok: false,
      expected: 'Stop-Control-Connection-Request before a connection is closed for no reason of the peer',
      seen: 'TCP closed without Stop-Control-Connection-Request',
    })
  }
}

/**
 * Whether a time-out of the subject's may have ended the connection: nothing need be sent then
 * (interpretation A-26).
 */
function mayHaveTimedOut({ openEchoes, calls }: ConnectionView, subject: Side): boolean {
  return (
    openEchoes[subject].size > 0 ||
    calls.some((call) => call.clearing || call.phase === 'asked' || call.phase === 'accepted')
  )
}
