import type { CallView, ConnectionView } from '../../harness/scenario/conversation.ts'
import type { Watch, WatchedMessage } from '../../harness/scenario/monitor.ts'
import type { Side } from '../../harness/trace/trace.ts'
import { monitor } from '../catalogue.ts'

/** Whether a message may be sent before the control connection is established. */
function belongsBefore({ message, connection }: WatchedMessage): boolean {
  switch (message.name) {
    case 'Start-Control-Connection-Request':
    case 'Start-Control-Connection-Reply':
    case 'Stop-Control-Connection-Reply':
      return true
    case 'Stop-Control-Connection-Request':
      // It may refuse the version of a start reply (section 3.1.1), so a start must have been sent.
      return connection.phase === 'refused' || connection.openStarts.tester + connection.openStarts.iut > 0
    case 'Echo-Reply':
    case 'Outgoing-Call-Reply':
    case 'Incoming-Call-Reply':
      // Error Code Not-Connected, or any other refusal (interpretation A-37).
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
  /** Time of the last message or GRE packet, in ms, for each connection that the peer opened. */
  readonly lastSaid: Map<ConnectionView, number>
  /** Time of the peer's reply to the subject's stop request, in ms, where the peer opened. */
  readonly agreed: Map<ConnectionView, number>
  /** Connections on which the subject sent a start request. */
  readonly started: Set<ConnectionView>
  now: number
}

export default monitor(
  {
    id: 'connection-order',
    purpose:
      'Only start messages are sent before the control connection is established, and nothing after it was stopped.',
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
        // A message of the peer that is missing or malformed may have been its start message.
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

/** Judges a stop request of the subject on an established connection that the peer opened. */
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
    expected: 'only start messages and refusals before the control connection is established',
    seen: `${message.name} while the control connection is ${before ? 'not established' : connection.phase}`,
    entry: entry.index,
  }
  observe(isReply(message.name) ? '2.1/established-first' : '2.1/nothing-before-start', order)
  if (opened && connection.phase === 'open') observe('3.1.1/nothing-before-reply', order)
  if (!opened)
    observe('3.1.2/nothing-before-request', {
      ...order,
      ok: connection.phase !== 'open' || connection.openStarts[peer] > 0 || isReply(message.name),
      expected: 'no message before a Start-Control-Connection-Request came',
    })
}

function judgeStartRequest({ started, observe }: Passed, { entry, connection }: WatchedMessage): void {
  // The peer may have closed its half of TCP before the first start request came.
  const again = started.has(connection) || connection.established || connection.phase === 'refused'
  started.add(connection)
  observe('2.1/one-request', {
    ok: !again,
    expected: 'one Start-Control-Connection-Request on a connection',
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
      expected: "TCP closed after the peer's Stop-Control-Connection-Reply",
      seen: closed ? 'TCP closed' : `TCP still open ${PROMPT} ms or more after the reply`,
    })
  }
}

function judgeTerminations({ subject, peer, captured, lastSaid, observe }: Passed): void {
  for (const [connection, said] of lastSaid) {
    const { closedBy, phaseSince, stopSent, wholesome, established } = connection
    if (closedBy !== subject || !established || !wholesome || mayHaveTimedOut(connection, subject)) continue
    // In a capture, an RST may come from either end or from a middlebox.
    if (captured && connection.wasReset) continue
    // A close right after a message may be the reaction to that message.
    if (stopSent[subject] !== undefined || stopSent[peer] !== undefined || phaseSince - said < PROMPT)
      continue
    observe('3.1.2/local-termination-stops', {
      ok: false,
      expected: 'Stop-Control-Connection-Request before the subject closes a connection of its own will',
      seen: `TCP closed without Stop-Control-Connection-Request, at least ${PROMPT} ms after the last message or packet`,
    })
  }
}

/** Phases that a call has to leave within 60 s. */
const UNSETTLED: ReadonlySet<CallView['phase']> = new Set(['asked', 'accepted'] as const)

/**
 * Whether a time-out of the subject may have ended the connection: then no stop request is due
 * (interpretation A-26).
 */
function mayHaveTimedOut({ openEchoes, calls }: ConnectionView, subject: Side): boolean {
  return (
    openEchoes[subject].size > 0 ||
    calls.some(({ clearing, phase, ended }) => clearing || UNSETTLED.has(ended?.phase ?? phase))
  )
}
