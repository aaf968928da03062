import { type CallView, isLiving } from '../../harness/scenario/conversation.ts'
import type { Watch, WatchedMessage } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

const TWO_MESSAGES = 'an outgoing call that is set up with two messages'

const DECIDES = [
  '2.2/one-reply',
  '2.4/one-reply',
  '2.6/one-reply',
  '2.6/identifier',
  '2.8/one-reply',
  '2.8/peers-call-id',
  '3.2.4/two-messages',
  '2.10/one-reply',
  '2.10/peers-call-id',
  '2.9/first-of-three',
  '2.11/third-of-three',
  '3.2.3/not-answered-first',
  '2.11/peers-call-id',
  '2.13/one-notify',
  '2.13/result-request-only',
] as const
type Requirement = (typeof DECIDES)[number]
type Watching = Watch<Requirement>

export default monitor(
  {
    id: 'replies',
    purpose: 'Every reply answers one request, once, and says which one.',
    decides: DECIDES,
    provenBy: [
      'start-reply-twice',
      'stop-reply-twice',
      'echo-reply-twice',
      'echo-wrong-identifier',
      'set-link-info-answers',
      'call-reply-twice',
      'call-reply-wrong-peer-id',
      'incoming-reply-wrong-peer-id',
      'clear-notify-twice',
      'incoming-refusal-twice',
      'analog-call-three-messages',
    ],
  },
  (watch) => ({
    sent(seen) {
      if (seen.connection.wholesome) judgeReply(watch, seen)
    },
  }),
)

function judgeReply(watch: Watching, seen: WatchedMessage): void {
  const { peer } = watch
  const { message, connection } = seen
  switch (message.name) {
    case 'Start-Control-Connection-Reply': {
      const asked = connection.openStarts[peer] > 0
      judgeOnce(watch, '2.2/one-reply', seen, 'Start-Control-Connection-Request', asked)
      return
    }
    case 'Stop-Control-Connection-Reply': {
      const asked = connection.openStops[peer] > 0
      judgeOnce(watch, '2.4/one-reply', seen, 'Stop-Control-Connection-Request', asked)
      return
    }
    case 'Echo-Reply':
      judgeEcho(watch, seen, message.identifier)
      return
    case 'Outgoing-Call-Reply':
      judgeOutgoing(watch, seen, message.resultCode)
      return
    case 'Incoming-Call-Reply':
      judgeIncoming(watch, seen)
      return
    case 'Incoming-Call-Connected':
      judgeConnected(watch, seen, message.peersCallId)
      return
    case 'Call-Disconnect-Notify':
      judgeNotify(watch, seen, message.callId, message.resultCode)
  }
}

/** Judges a reply that each request draws once; `ok`: a request of that kind was unanswered. */
function judgeOnce(
  { observe }: Watching,
  requirement: Requirement,
  { message, entry }: WatchedMessage,
  request: string,
  ok: boolean,
): void {
  observe(requirement, {
    ok,
    expected: `each ${message.name} in answer to one ${request}`,
    seen: ok ? `${message.name} after ${request}` : `${message.name} without an unanswered ${request}`,
    entry: entry.index,
  })
}

function judgeEcho(watch: Watching, seen: WatchedMessage, identifier: number): void {
  const open = seen.connection.openEchoes[watch.peer]
  const ok = open.has(identifier)
  if (ok || open.size === 0) judgeOnce(watch, '2.6/one-reply', seen, 'Echo-Request', ok)
  if (ok || open.size > 0)
    watch.observe('2.6/identifier', {
      ok,
      expected: 'Echo-Reply with the Identifier of an unanswered Echo-Request',
      seen: `Identifier ${identifier}`,
      entry: seen.entry.index,
    })
}

function judgeOutgoing(watch: Watching, seen: WatchedMessage, resultCode: number): void {
  const { subject, observe } = watch
  if (seen.call?.direction === 'outgoing' && resultCode === 1)
    observe('3.2.4/two-messages', {
      ok: true,
      expected: TWO_MESSAGES,
      seen: 'Outgoing-Call-Reply as the second message',
      entry: seen.entry.index,
    })
  judgeCallReply(
    watch,
    { once: '2.8/one-reply', which: '2.8/peers-call-id' },
    seen,
    'Outgoing-Call-Request',
    (one) => one.direction === 'outgoing' && one.pac === subject && one.phase === 'asked',
  )
}

function judgeIncoming(watch: Watching, seen: WatchedMessage): void {
  const { subject } = watch
  judgeCallReply(
    watch,
    { once: '2.10/one-reply', which: '2.10/peers-call-id' },
    seen,
    'Incoming-Call-Request',
    (one) => one.direction === 'incoming' && one.pns === subject && one.phase === 'asked',
  )
}

/** Judges a reply about a call; `waiting` tells whether a call still waits for such a reply. */
function judgeCallReply(
  watch: Watching,
  requirements: { readonly once: Requirement; readonly which: Requirement },
  seen: WatchedMessage,
  request: string,
  waiting: (call: CallView) => boolean,
): void {
  const { message, entry, call, connection } = seen
  const others = call === undefined && connection.calls.some(waiting)
  if (!others) judgeOnce(watch, requirements.once, seen, request, call !== undefined)
  if (call === undefined && !others) return
  watch.observe(requirements.which, {
    ok: call !== undefined,
    expected: `${message.name} with the Peer's Call ID of an unanswered ${request}`,
    seen: `Peer's Call ID ${'peersCallId' in message ? message.peersCallId : 'absent'}`,
    entry: entry.index,
  })
}

/** Judges Incoming-Call-Connected, the third message of an incoming call. */
function judgeConnected(
  { subject, observe }: Watching,
  { entry, call, connection }: WatchedMessage,
  peersCallId: number,
): void {
  const mine = connection.calls.filter((one) => one.pac === subject && one.direction === 'incoming')
  const begun = mine.length > 0
  const due = mine.some(({ phase }) => phase === 'accepted')
  const third = {
    ok: due,
    expected: 'Incoming-Call-Connected once after each accepting Incoming-Call-Reply',
    seen: `Incoming-Call-Connected ${due ? 'after' : 'without'} an accepting Incoming-Call-Reply`,
    entry: entry.index,
  }
  observe('2.11/third-of-three', third)
  observe('3.2.3/not-answered-first', third)
  observe('2.9/first-of-three', {
    ok: begun,
    expected: 'Incoming-Call-Connected after Incoming-Call-Request',
    seen: `Incoming-Call-Connected ${begun ? 'after' : 'without'} Incoming-Call-Request`,
    entry: entry.index,
  })
  const outgoing = connection.calls.some(
    (one) => one.direction === 'outgoing' && one.pac === subject && one.pnsId === peersCallId,
  )
  if (call === undefined && outgoing)
    observe('3.2.4/two-messages', {
      ok: false,
      expected: TWO_MESSAGES,
      seen: 'Incoming-Call-Connected as a third message',
      entry: entry.index,
    })
  observe('2.11/peers-call-id', {
    ok: call !== undefined,
    expected: "Incoming-Call-Connected with the Peer's Call ID of an accepting Incoming-Call-Reply",
    seen: `Peer's Call ID ${peersCallId}`,
    entry: entry.index,
  })
}

function judgeNotify(
  { observe }: Watching,
  { entry, call, connection }: WatchedMessage,
  callId: number,
  resultCode: number,
): void {
  // A clear request for a call that is over may be answered with Bad-Call ID (interpretation A-05).
  if (call === undefined || resultCode === 2 || connection.phase !== 'established') return
  const ok = isLiving(call) || call.phase === 'refused'
  if (ok && resultCode === 4)
    observe('2.13/result-request-only', {
      ok: call.clearing,
      expected: 'Result Code 4 in answer to a Call-Clear-Request',
      seen: `Result Code 4 ${call.clearing ? 'after' : 'without'} a Call-Clear-Request`,
      entry: entry.index,
    })
  observe('2.13/one-notify', {
    ok,
    expected: 'one Call-Disconnect-Notify for each call',
    seen: `${ok ? '' : 'another '}Call-Disconnect-Notify for Call ID ${callId}`,
    entry: entry.index,
  })
}
