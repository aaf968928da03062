import { type CallView, isLiving } from '../../harness/scenario/conversation.ts'
import type { Watch, WatchedMessage } from '../../harness/scenario/monitor.ts'
import { monitor } from '../catalogue.ts'

/**
 * ms after which a message that is due counts as missing: section 3.2.1 gives each state a minute.
 */
const STUCK = 60_000

/** After an accepting reply, the PAC connects the call or notifies its end. */
const CONNECTS = ['2.10/result-connect', '3.2.3/reply-connects', '3.2.3.1/wait-reply-accepted'] as const
const CLEARED = ['2.12/incoming-too', '3.2.3.1/established-clear-request'] as const
const CLEARS = ['3.2.3/cleared-by-request', '3.2.3.2/established-clears'] as const
const REFUSED = { 2: '2.10/result-general-error', 3: '2.10/result-do-not-accept' } as const

const ANSWERS = 'Incoming-Call-Connected or Call-Disconnect-Notify'
const NOTIFIES = 'Call-Disconnect-Notify after Call-Clear-Request'
const PNS_CLEARS = 'Call-Clear-Request from a PNS that ends an incoming call'
const KEEPS_CALL_ID =
  'the Call ID of a call that is being cleared for no other call before Call-Disconnect-Notify'

const DECIDES = [
  ...CONNECTS,
  ...CLEARED,
  ...CLEARS,
  '2.10/peers-call-id-matched',
  '2.10/result-general-error',
  '2.10/result-do-not-accept',
  '3.2.3/accepted-with-window',
  '3.2.3.1/wait-reply-refused',
  '3.2.3.1/wait-reply-aborted',
  '3.2.3.1/established-data',
  '3.2.3.2/wait-disconnect',
] as const
type Requirement = (typeof DECIDES)[number]

/** What the PNS has decided about incoming calls. */
interface PnsDecisions extends Pick<Watch<Requirement>, 'subject' | 'observe'> {
  /** Calls of the subject as PAC that the PNS refused, by its Result Code. */
  readonly refused: Map<CallView, 2 | 3>
  /** Calls of the subject as PAC that the PNS accepted, and the time of its reply, in ms. */
  readonly wanted: Map<CallView, number>
  /** Calls of the subject as PAC that the PNS clears, and the time of its request, in ms. */
  readonly clearing: Map<CallView, number>
  now: number
}

export default monitor(
  {
    id: 'incoming-calls',
    purpose: 'An incoming call goes from state to state as sections 3.2.3.1 and 3.2.3.2 say.',
    decides: DECIDES,
    provenBy: ['incoming-reply-window-zero'],
  },
  ({ subject, observe }) => {
    const decisions: PnsDecisions = {
      subject,
      observe,
      refused: new Map(),
      wanted: new Map(),
      clearing: new Map(),
      now: 0,
    }
    return {
      sent(seen) {
        decisions.now = seen.entry.at
        if (seen.connection.wholesome) judgeSent(decisions, seen)
      },
      heard(seen) {
        decisions.now = seen.entry.at
        if (seen.connection.wholesome) noteHeard(decisions, seen)
      },
      packetSent({ packet, entry, tunnel, call }) {
        decisions.now = entry.at
        if (!tunnel.known || packet.payload.length === 0 || call?.ended !== undefined) return
        if (call?.direction !== 'incoming' || call.pac !== subject) return
        observe('3.2.3.1/established-data', {
          ok: call.phase === 'connected',
          expected: 'data only for a call that is connected',
          seen: `data for a call that is ${call.phase}`,
          entry: entry.index,
        })
      },
      packetHeard({ entry }) {
        decisions.now = entry.at
      },
      end: () => judgeUnanswered(decisions),
    }
  },
)

/** Makes one judgement about several requirements; `entry` is absent if no trace entry shows it. */
function each(
  { observe }: PnsDecisions,
  requirements: readonly Requirement[],
  ok: boolean,
  expected: string,
  seen: string,
  entry?: number,
): void {
  for (const requirement of requirements)
    observe(requirement, { ok, expected, seen, ...(entry === undefined ? {} : { entry }) })
}

function judgeSent(decisions: PnsDecisions, seen: WatchedMessage): void {
  const { message, entry, call } = seen
  switch (message.name) {
    case 'Incoming-Call-Connected':
      judgeConnected(decisions, seen, message.peersCallId)
      return
    case 'Call-Disconnect-Notify':
      if (call === undefined) judgeNotifyWithoutCall(decisions, seen)
      else judgeNotify(decisions, call, entry.index)
      return
    case 'Incoming-Call-Reply':
      if (message.resultCode === 1)
        judgeAcceptance(decisions, seen, message.callId, message.packetRecvWindowSize)
      return
    case 'Call-Clear-Request':
      if (call?.direction === 'incoming' && isLiving(call))
        each(decisions, CLEARS, true, PNS_CLEARS, 'Call-Clear-Request', entry.index)
  }
}

/** Judges an Incoming-Call-Connected of the subject. */
function judgeConnected(
  decisions: PnsDecisions,
  { entry, call, connection }: WatchedMessage,
  peersCallId: number,
): void {
  const { subject, refused } = decisions
  const mine = connection.calls.filter((one) => one.direction === 'incoming' && one.pac === subject)
  if (mine.length === 0) return
  each(
    decisions,
    ['2.10/peers-call-id-matched'],
    call !== undefined,
    "Incoming-Call-Connected with the Peer's Call ID of an Incoming-Call-Reply that accepted a call",
    `Incoming-Call-Connected with Peer's Call ID ${peersCallId}${call === undefined ? ', which no accepting reply assigned' : ''}`,
    entry.index,
  )
  if (call !== undefined) {
    each(decisions, CONNECTS, true, ANSWERS, 'Incoming-Call-Connected', entry.index)
    return
  }
  const unwanted = mine.findLast(({ phase, pnsId }) => phase === 'refused' && pnsId === peersCallId)
  const code = unwanted === undefined ? undefined : refused.get(unwanted)
  if (unwanted === undefined || code === undefined) return
  refused.delete(unwanted)
  each(
    decisions,
    [REFUSED[code], '3.2.3.1/wait-reply-refused'],
    false,
    `no Incoming-Call-Connected after Result Code ${code}`,
    'Incoming-Call-Connected',
    entry.index,
  )
}

/** Judges a Call-Disconnect-Notify without a call: a PNS must not end a call with it. */
function judgeNotifyWithoutCall(
  decisions: PnsDecisions,
  { entry, connection: { calls } }: WatchedMessage,
): void {
  const { subject } = decisions
  const own = calls.some((one) => one.direction === 'incoming' && one.pns === subject && isLiving(one))
  if (own && !calls.some(({ pac }) => pac === subject))
    each(decisions, CLEARS, false, PNS_CLEARS, 'Call-Disconnect-Notify from a PNS', entry.index)
}

/** Judges a Call-Disconnect-Notify of the subject. */
function judgeNotify(decisions: PnsDecisions, call: CallView, entry: number): void {
  if (call.direction !== 'incoming' || !isLiving(call)) return
  const seen = 'Call-Disconnect-Notify'
  if (call.phase === 'accepted') each(decisions, CONNECTS, true, ANSWERS, seen, entry)
  if (call.phase !== 'connected')
    each(
      decisions,
      ['3.2.3.1/wait-reply-aborted'],
      true,
      'Call-Disconnect-Notify for a call that is given up before it is connected',
      seen,
      entry,
    )
  if (call.clearing) each(decisions, CLEARED, true, NOTIFIES, seen, entry)
}

/** Judges an Incoming-Call-Reply of the subject that accepts a call. */
function judgeAcceptance(
  { subject, observe }: PnsDecisions,
  { entry, call, connection }: WatchedMessage,
  callId: number,
  window: number,
): void {
  observe('3.2.3/accepted-with-window', {
    ok: window > 0,
    expected: 'a Packet Recv. Window Size of at least 1 in the reply that accepts a call',
    seen: `Packet Recv. Window Size ${window}`,
    entry: entry.index,
  })
  const waiting = connection.calls.some(
    (one) => one !== call && one.pns === subject && one.pnsId === callId && one.clearing && isLiving(one),
  )
  if (waiting)
    observe('3.2.3.2/wait-disconnect', {
      ok: false,
      expected: KEEPS_CALL_ID,
      seen: `Call ID ${callId} for another call before Call-Disconnect-Notify came`,
      entry: entry.index,
    })
}

/** Notes what the PNS decides about an incoming call, and judges the end of a call it cleared. */
function noteHeard(decisions: PnsDecisions, { message, entry, call }: WatchedMessage): void {
  const { subject, observe, refused, wanted, clearing } = decisions
  if (call?.direction !== 'incoming' || !isLiving(call)) return
  if (message.name === 'Call-Disconnect-Notify' && call.pns === subject && call.clearing)
    observe('3.2.3.2/wait-disconnect', {
      ok: true,
      expected: KEEPS_CALL_ID,
      seen: `Call ID ${call.pnsId} for no other call before Call-Disconnect-Notify`,
      entry: entry.index,
    })
  if (call.pac !== subject) return
  if (message.name === 'Call-Clear-Request' && call.phase === 'connected') clearing.set(call, entry.at)
  if (message.name !== 'Incoming-Call-Reply' || call.phase !== 'asked') return
  if (message.resultCode === 1) wanted.set(call, entry.at)
  else if (message.resultCode === 2 || message.resultCode === 3) refused.set(call, message.resultCode)
}

/** Judges the decisions of the PNS on which the PAC has not acted. */
function judgeUnanswered(decisions: PnsDecisions): void {
  const { refused, wanted, clearing, now } = decisions
  for (const code of refused.values())
    each(
      decisions,
      [REFUSED[code], '3.2.3.1/wait-reply-refused'],
      true,
      `no Incoming-Call-Connected after Result Code ${code}`,
      'no Incoming-Call-Connected',
    )
  const stuck = ({ connection }: CallView, since: number) =>
    connection.wholesome && connection.phase === 'established' && now - since > STUCK
  for (const [call, since] of wanted)
    if (call.phase === 'accepted' && !call.clearing && stuck(call, since))
      each(
        decisions,
        [...CONNECTS, '3.2.3.1/wait-reply-aborted'],
        false,
        ANSWERS,
        'neither Incoming-Call-Connected nor Call-Disconnect-Notify within a minute of the reply',
      )
  for (const [call, since] of clearing)
    if (isLiving(call) && stuck(call, since))
      each(
        decisions,
        CLEARED,
        false,
        NOTIFIES,
        'no Call-Disconnect-Notify within a minute of Call-Clear-Request',
      )
}
