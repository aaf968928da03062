import type { Arc } from './transition.ts'

/**
 * The six state machines of RFC 2637 section 3 as data. The machines run on these tables, and the
 * figures in docs are drawn from them. Where the RFC's figures return to idle, the tables have
 * `closed` for a control connection and `released` for a call: the next connection or call has a
 * state of its own.
 */

export type ControlState = 'idle' | 'wait-ctl-reply' | 'established' | 'wait-stop-reply' | 'closed'

export type ControlInput =
  | 'tcp-open'
  | 'collision-lost'
  | 'start-request'
  | 'start-request-older-version'
  | 'start-request-same-pair'
  | 'start-request-collision-won'
  | 'start-reply-accepted'
  | 'start-reply-version-unsupported'
  | 'start-reply-refused'
  | 'stop-request'
  | 'stop-reply'
  | 'echo-request'
  | 'echo-reply'
  | 'echo-reply-unasked'
  | 'call-request'
  | 'call-message'
  | 'malformed'
  | 'malformed-echo-request'
  | 'out-of-step'
  | 'silence'
  | 'reply-overdue'
  | 'local-stop'
  | 'local-hang-up'
  | 'peer-ended'

export type ControlAction =
  | 'send-start-request'
  | 'accept'
  | 'refuse-version'
  | 'refuse-same-pair'
  | 'refuse-second-start'
  | 'become-established'
  | 'send-stop-version'
  | 'send-stop'
  | 'answer-stop-and-close'
  | 'answer-echo'
  | 'answer-not-connected'
  | 'answer-bad-format'
  | 'note-echo-reply'
  | 'handle-call'
  | 'send-echo-request'
  | 'clear-calls'
  | 'close'
  | 'log'

export type ControlArc = Arc<ControlState, ControlInput, ControlAction>

/** The two ends of a control connection; each has a table. */
export type ControlEnd = 'originator' | 'recipient'

/**
 * The arcs that both ends have: sections 3.1.1 and 3.1.2 differ only in how a connection becomes
 * established.
 */
const ONCE_ESTABLISHED: readonly ControlArc[] = [
  {
    from: 'established',
    input: 'start-request',
    action: 'refuse-second-start',
    to: 'established',
    section: '2.2',
    reading: 'A-36',
  },
  {
    from: 'established',
    input: 'start-request-older-version',
    action: 'refuse-second-start',
    to: 'established',
    section: '2.2',
    reading: 'A-36',
  },
  {
    from: 'established',
    input: 'stop-request',
    action: 'answer-stop-and-close',
    to: 'closed',
    section: '3.1.1, 3.1.2',
    reading: 'A-23',
  },
  { from: 'established', input: 'echo-request', action: 'answer-echo', to: 'established', section: '2.6' },
  {
    from: 'established',
    input: 'echo-reply',
    action: 'note-echo-reply',
    to: 'established',
    section: '3.1.4',
  },
  { from: 'established', input: 'call-request', action: 'handle-call', to: 'established', section: '3.2' },
  { from: 'established', input: 'call-message', action: 'handle-call', to: 'established', section: '3.2' },
  { from: 'established', input: 'silence', action: 'send-echo-request', to: 'established', section: '3.1.4' },
  { from: 'established', input: 'reply-overdue', action: 'close', to: 'closed', section: '3, 3.1.4, 3.2.1' },
  { from: 'established', input: 'malformed', action: 'close', to: 'closed', section: '3', reading: 'A-09' },
  {
    from: 'established',
    input: 'malformed-echo-request',
    action: 'answer-bad-format',
    to: 'closed',
    section: '2.16, 3',
  },
  { from: 'established', input: 'out-of-step', action: 'close', to: 'closed', section: '1.4' },
  { from: 'established', input: 'peer-ended', action: 'close', to: 'closed', section: '3', reading: 'A-65' },
  {
    from: 'established',
    input: 'local-stop',
    action: 'send-stop',
    to: 'wait-stop-reply',
    section: '3.1.1, 3.1.2',
  },
  {
    from: 'established',
    input: 'local-hang-up',
    action: 'clear-calls',
    to: 'established',
    section: '3.2.3.2, 3.2.4.2',
  },
  { from: 'wait-stop-reply', input: 'stop-reply', action: 'close', to: 'closed', section: '3.1.1, 3.1.2' },
  {
    from: 'wait-stop-reply',
    input: 'stop-request',
    action: 'answer-stop-and-close',
    to: 'closed',
    section: '3.1.1',
    reading: 'A-23',
  },
  {
    from: 'wait-stop-reply',
    input: 'echo-request',
    action: 'answer-echo',
    to: 'wait-stop-reply',
    section: '2.6',
  },
  { from: 'wait-stop-reply', input: 'reply-overdue', action: 'close', to: 'closed', section: '3' },
  { from: 'wait-stop-reply', input: 'malformed', action: 'close', to: 'closed', section: '3' },
  { from: 'wait-stop-reply', input: 'out-of-step', action: 'close', to: 'closed', section: '1.4' },
  { from: 'wait-stop-reply', input: 'peer-ended', action: 'close', to: 'closed', section: '3' },
]

/** The recipient's table (section 3.1.2). */
export const RECIPIENT_TABLE: readonly ControlArc[] = [
  { from: 'idle', input: 'start-request', action: 'accept', to: 'established', section: '3.1.2' },
  {
    from: 'idle',
    input: 'start-request-older-version',
    action: 'refuse-version',
    to: 'closed',
    section: '3.1.2',
    reading: 'A-21',
  },
  {
    from: 'idle',
    input: 'start-request-same-pair',
    action: 'refuse-same-pair',
    to: 'closed',
    section: '3.1.3, 2.2',
    reading: 'A-35',
  },
  { from: 'idle', input: 'start-request-collision-won', action: 'log', to: 'idle', section: '3.1.3' },
  {
    from: 'idle',
    input: 'stop-request',
    action: 'answer-not-connected',
    to: 'idle',
    section: '2.16',
    reading: 'A-37',
  },
  {
    from: 'idle',
    input: 'echo-request',
    action: 'answer-not-connected',
    to: 'idle',
    section: '2.16',
    reading: 'A-37',
  },
  {
    from: 'idle',
    input: 'call-request',
    action: 'answer-not-connected',
    to: 'idle',
    section: '2.16',
    reading: 'A-37',
  },
  { from: 'idle', input: 'call-message', action: 'log', to: 'idle', section: '2.1', reading: 'A-37' },
  { from: 'idle', input: 'reply-overdue', action: 'close', to: 'closed', section: '3.1.4' },
  { from: 'idle', input: 'malformed', action: 'close', to: 'closed', section: '3', reading: 'A-09' },
  { from: 'idle', input: 'out-of-step', action: 'close', to: 'closed', section: '1.4' },
  { from: 'idle', input: 'peer-ended', action: 'close', to: 'closed', section: '3' },
  { from: 'idle', input: 'local-stop', action: 'close', to: 'closed', section: '3.1.2' },
  ...ONCE_ESTABLISHED,
]

/** The originator's table (section 3.1.1). */
export const ORIGINATOR_TABLE: readonly ControlArc[] = [
  { from: 'idle', input: 'tcp-open', action: 'send-start-request', to: 'wait-ctl-reply', section: '3.1.1' },
  { from: 'wait-ctl-reply', input: 'collision-lost', action: 'close', to: 'closed', section: '3.1.3' },
  {
    from: 'wait-ctl-reply',
    input: 'start-reply-accepted',
    action: 'become-established',
    to: 'established',
    section: '3.1.1',
  },
  {
    from: 'wait-ctl-reply',
    input: 'start-reply-version-unsupported',
    action: 'send-stop-version',
    to: 'wait-stop-reply',
    section: '3.1.1',
    reading: 'A-18',
  },
  {
    from: 'wait-ctl-reply',
    input: 'start-reply-refused',
    action: 'close',
    to: 'closed',
    section: '3.1.1',
    reading: 'A-22',
  },
  {
    from: 'wait-ctl-reply',
    input: 'stop-request',
    action: 'answer-stop-and-close',
    to: 'closed',
    section: '3.1.1',
  },
  {
    from: 'wait-ctl-reply',
    input: 'echo-request',
    action: 'answer-not-connected',
    to: 'wait-ctl-reply',
    section: '2.16',
    reading: 'A-37',
  },
  {
    from: 'wait-ctl-reply',
    input: 'call-request',
    action: 'answer-not-connected',
    to: 'wait-ctl-reply',
    section: '2.16',
    reading: 'A-37',
  },
  { from: 'wait-ctl-reply', input: 'reply-overdue', action: 'close', to: 'closed', section: '3.1.4' },
  { from: 'wait-ctl-reply', input: 'malformed', action: 'close', to: 'closed', section: '3' },
  { from: 'wait-ctl-reply', input: 'out-of-step', action: 'close', to: 'closed', section: '1.4' },
  { from: 'wait-ctl-reply', input: 'peer-ended', action: 'close', to: 'closed', section: '3' },
  { from: 'wait-ctl-reply', input: 'local-stop', action: 'close', to: 'closed', section: '3.1.1' },
  { from: 'wait-ctl-reply', input: 'local-hang-up', action: 'close', to: 'closed', section: '3.1.1' },
  ...ONCE_ESTABLISHED,
]

export const CONTROL_TABLES: Readonly<Record<ControlEnd, readonly ControlArc[]>> = {
  originator: ORIGINATOR_TABLE,
  recipient: RECIPIENT_TABLE,
}

export type CallState =
  | 'idle'
  | 'wait-cs-ans'
  | 'wait-reply'
  | 'wait-connect'
  | 'established'
  | 'wait-disconnect'
  | 'released'

export type CallInput =
  | 'request'
  | 'request-in-error'
  | 'open'
  | 'ring'
  | 'answer'
  | 'incomplete'
  | 'reply-accepted'
  | 'reply-refused'
  | 'connected'
  | 'clear-request'
  | 'disconnect-notify'
  | 'local-terminate'
  | 'carrier-lost'
  | 'connection-stopped'
  | 'connection-lost'
  | 'overdue'

export type CallAction =
  | 'dial'
  | 'reply-error'
  | 'reply-failure'
  | 'reply-connected'
  | 'reply-accept'
  | 'send-outgoing-request'
  | 'send-incoming-request'
  | 'send-connected'
  | 'connect'
  | 'adopt-late-reply'
  | 'notify-requested'
  | 'notify-administrative'
  | 'notify-carrier-lost'
  | 'send-clear-request'
  | 'release'
  | 'give-connection-up'

export type CallArc = Arc<CallState, CallInput, CallAction>

/** The four call machines of section 3.2; a call runs on one of them. */
export type CallRole = 'pac-outgoing' | 'pns-outgoing' | 'pac-incoming' | 'pns-incoming'

/** The arcs by which a call ends with its control connection. */
const gone = (from: CallState): readonly CallArc[] => [
  { from, input: 'connection-stopped', action: 'release', to: 'released', section: '2.3' },
  { from, input: 'connection-lost', action: 'release', to: 'released', section: '3', reading: 'A-65' },
]
const overdue = (from: CallState): CallArc => ({
  from,
  input: 'overdue',
  action: 'give-connection-up',
  to: 'released',
  section: '3.2.1',
  reading: 'A-33',
})

/** A PAC's table of an outgoing call (section 3.2.4.1). */
export const PAC_OUTGOING_TABLE: readonly CallArc[] = [
  { from: 'idle', input: 'request-in-error', action: 'reply-error', to: 'released', section: '3.2.4.1' },
  { from: 'idle', input: 'request', action: 'dial', to: 'wait-cs-ans', section: '3.2.4.1' },
  { from: 'wait-cs-ans', input: 'answer', action: 'reply-connected', to: 'established', section: '3.2.4.1' },
  {
    from: 'wait-cs-ans',
    input: 'incomplete',
    action: 'reply-failure',
    to: 'released',
    section: '3.2.4.1',
    reading: 'A-15',
  },
  {
    from: 'wait-cs-ans',
    input: 'clear-request',
    action: 'notify-requested',
    to: 'released',
    section: '3.2.4.1',
    reading: 'A-04',
  },
  {
    from: 'wait-cs-ans',
    input: 'local-terminate',
    action: 'reply-failure',
    to: 'released',
    section: '3.2.4.1',
  },
  ...gone('wait-cs-ans'),
  {
    from: 'established',
    input: 'clear-request',
    action: 'notify-requested',
    to: 'released',
    section: '3.2.4.1',
  },
  {
    from: 'established',
    input: 'local-terminate',
    action: 'notify-administrative',
    to: 'released',
    section: '3.2.4.1',
  },
  {
    from: 'established',
    input: 'carrier-lost',
    action: 'notify-carrier-lost',
    to: 'released',
    section: '3.2.4.1',
    reading: 'A-68',
  },
  ...gone('established'),
]

/** A PNS's table of an outgoing call (section 3.2.4.2). */
export const PNS_OUTGOING_TABLE: readonly CallArc[] = [
  { from: 'idle', input: 'open', action: 'send-outgoing-request', to: 'wait-reply', section: '3.2.4.2' },
  { from: 'wait-reply', input: 'reply-accepted', action: 'connect', to: 'established', section: '3.2.4.2' },
  { from: 'wait-reply', input: 'reply-refused', action: 'release', to: 'released', section: '3.2.4.2' },
  {
    from: 'wait-reply',
    input: 'local-terminate',
    action: 'send-clear-request',
    to: 'wait-disconnect',
    section: '3.2.4.2',
  },
  { from: 'wait-reply', input: 'disconnect-notify', action: 'release', to: 'released', section: '2.13' },
  overdue('wait-reply'),
  ...gone('wait-reply'),
  {
    from: 'established',
    input: 'local-terminate',
    action: 'send-clear-request',
    to: 'wait-disconnect',
    section: '3.2.4.2',
  },
  {
    from: 'established',
    input: 'carrier-lost',
    action: 'send-clear-request',
    to: 'wait-disconnect',
    section: '3.2.4.2',
  },
  { from: 'established', input: 'disconnect-notify', action: 'release', to: 'released', section: '3.2.4.2' },
  ...gone('established'),
  {
    from: 'wait-disconnect',
    input: 'reply-accepted',
    action: 'adopt-late-reply',
    to: 'wait-disconnect',
    section: '3.2.4.2',
    reading: 'A-04',
  },
  {
    from: 'wait-disconnect',
    input: 'reply-refused',
    action: 'release',
    to: 'released',
    section: '3.2.4.2',
    reading: 'A-04',
  },
  {
    from: 'wait-disconnect',
    input: 'disconnect-notify',
    action: 'release',
    to: 'released',
    section: '3.2.4.2',
  },
  overdue('wait-disconnect'),
  ...gone('wait-disconnect'),
]

/** A PAC's table of an incoming call (section 3.2.3.1). */
export const PAC_INCOMING_TABLE: readonly CallArc[] = [
  { from: 'idle', input: 'ring', action: 'send-incoming-request', to: 'wait-reply', section: '3.2.3.1' },
  {
    from: 'wait-reply',
    input: 'reply-accepted',
    action: 'send-connected',
    to: 'established',
    section: '3.2.3.1',
  },
  { from: 'wait-reply', input: 'reply-refused', action: 'release', to: 'released', section: '3.2.3.1' },
  {
    from: 'wait-reply',
    input: 'local-terminate',
    action: 'notify-administrative',
    to: 'released',
    section: '3.2.3.1',
  },
  { from: 'wait-reply', input: 'clear-request', action: 'notify-requested', to: 'released', section: '2.12' },
  overdue('wait-reply'),
  ...gone('wait-reply'),
  {
    from: 'established',
    input: 'clear-request',
    action: 'notify-requested',
    to: 'released',
    section: '3.2.3.1',
  },
  {
    from: 'established',
    input: 'local-terminate',
    action: 'notify-administrative',
    to: 'released',
    section: '3.2.3.1',
  },
  {
    from: 'established',
    input: 'carrier-lost',
    action: 'notify-carrier-lost',
    to: 'released',
    section: '3.2.3.1',
    reading: 'A-68',
  },
  ...gone('established'),
]

/** A PNS's table of an incoming call (section 3.2.3.2). */
export const PNS_INCOMING_TABLE: readonly CallArc[] = [
  { from: 'idle', input: 'request-in-error', action: 'reply-error', to: 'released', section: '3.2.3.2' },
  { from: 'idle', input: 'request', action: 'reply-accept', to: 'wait-connect', section: '3.2.3.2' },
  { from: 'wait-connect', input: 'connected', action: 'connect', to: 'established', section: '3.2.3.2' },
  { from: 'wait-connect', input: 'disconnect-notify', action: 'release', to: 'released', section: '3.2.3.2' },
  {
    from: 'wait-connect',
    input: 'local-terminate',
    action: 'send-clear-request',
    to: 'wait-disconnect',
    section: '2.12',
  },
  overdue('wait-connect'),
  ...gone('wait-connect'),
  {
    from: 'established',
    input: 'local-terminate',
    action: 'send-clear-request',
    to: 'wait-disconnect',
    section: '3.2.3.2',
  },
  {
    from: 'established',
    input: 'carrier-lost',
    action: 'send-clear-request',
    to: 'wait-disconnect',
    section: '3.2.3.2',
  },
  { from: 'established', input: 'disconnect-notify', action: 'release', to: 'released', section: '3.2.3.2' },
  ...gone('established'),
  {
    from: 'wait-disconnect',
    input: 'disconnect-notify',
    action: 'release',
    to: 'released',
    section: '3.2.3.2',
  },
  overdue('wait-disconnect'),
  ...gone('wait-disconnect'),
]

export const CALL_TABLES: Readonly<Record<CallRole, readonly CallArc[]>> = {
  'pac-outgoing': PAC_OUTGOING_TABLE,
  'pns-outgoing': PNS_OUTGOING_TABLE,
  'pac-incoming': PAC_INCOMING_TABLE,
  'pns-incoming': PNS_INCOMING_TABLE,
}

/** Whether a message names a call of its control connection; a local request names none. */
export type CallNamed = 'a-call' | 'no-call'

/** Messages about calls, and the two local requests by which a call begins at this end. */
export type DispatcherInput = CallMessageName | 'local-open' | 'local-ring'

export type CallMessageName =
  | 'Outgoing-Call-Request'
  | 'Outgoing-Call-Reply'
  | 'Incoming-Call-Request'
  | 'Incoming-Call-Reply'
  | 'Incoming-Call-Connected'
  | 'Call-Clear-Request'
  | 'Call-Disconnect-Notify'
  | 'WAN-Error-Notify'
  | 'Set-Link-Info'

export type DispatcherAction =
  | 'answer-outgoing-call'
  | 'answer-incoming-call'
  | 'place-outgoing-call'
  | 'offer-incoming-call'
  | 'hand-to-call'
  | 'note'
  | 'log'

export type DispatcherArc = Arc<CallNamed, DispatcherInput, DispatcherAction>

const begins = (input: DispatcherInput, action: DispatcherAction, section: string): DispatcherArc => ({
  from: 'no-call',
  input,
  action,
  to: 'a-call',
  section,
})

const aboutCall = (
  input: DispatcherInput,
  action: DispatcherAction,
  section: string,
  reading?: string,
): readonly DispatcherArc[] => [
  { from: 'a-call', input, action, to: 'a-call', section, ...(reading === undefined ? {} : { reading }) },
  {
    from: 'no-call',
    input,
    action: 'log',
    to: 'no-call',
    section,
    ...(reading === undefined ? {} : { reading }),
  },
]

/**
 * The dispatcher's table: what happens to a message about a call (section 3.2.2). A message that
 * names no call is only logged, even Call-Clear-Request, because no reply to it would fit
 * (interpretation A-05). Set-Link-Info has no effect: its maps concern a telephone line, and
 * voluntary tunnelling has none (interpretation A-07).
 */
export const DISPATCHER_TABLE: readonly DispatcherArc[] = [
  begins('Outgoing-Call-Request', 'answer-outgoing-call', '3.2.4.1'),
  begins('Incoming-Call-Request', 'answer-incoming-call', '3.2.3.2'),
  begins('local-open', 'place-outgoing-call', '3.2.4.2'),
  begins('local-ring', 'offer-incoming-call', '3.2.3.1'),
  ...aboutCall('Outgoing-Call-Reply', 'hand-to-call', '3.2.4.2'),
  ...aboutCall('Incoming-Call-Reply', 'hand-to-call', '3.2.3.1'),
  ...aboutCall('Incoming-Call-Connected', 'hand-to-call', '3.2.3.2'),
  ...aboutCall('Call-Clear-Request', 'hand-to-call', '2.12', 'A-05'),
  ...aboutCall('Call-Disconnect-Notify', 'hand-to-call', '2.13'),
  ...aboutCall('WAN-Error-Notify', 'note', '2.14'),
  ...aboutCall('Set-Link-Info', 'note', '2.15', 'A-07'),
]
