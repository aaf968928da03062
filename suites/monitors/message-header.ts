import { decodeControl } from '../../harness/protocol/control.ts'
import {
  MAGIC_COOKIE,
  MESSAGE_NAMES,
  type MessageName,
  messageNameOf,
  PptpMessageType,
  sizeOf,
} from '../../harness/protocol/messages.ts'
import { hexNumber } from '../../harness/protocol/octets.ts'
import type { ConnectionView } from '../../harness/scenario/conversation.ts'
import type { WatchedMessage } from '../../harness/scenario/monitor.ts'
import type { Side } from '../../harness/trace/trace.ts'
import { monitor } from '../catalogue.ts'
import { inEachSection, inSectionOf } from './per-message.ts'

type Sent = Pick<WatchedMessage, 'octets' | 'connection'>

const HEADER = 'Length, PPTP Message Type and Magic Cookie'

/**
 * Guesses the message that octets of undefined type were meant to be: the one of that size or, of
 * several, the one that was due.
 */
function meantBy(sent: Sent, by: Side, peer: Side): MessageName | undefined {
  const { octets, connection } = sent
  const [name, ...others] = MESSAGE_NAMES.filter((one) => sizeOf(one) === octets.length)
  if (others.length === 0) return name
  switch (name) {
    case 'Start-Control-Connection-Request':
      return connection.originator === by ? name : 'Start-Control-Connection-Reply'
    case 'Incoming-Call-Reply':
      return isOfferedCall(connection, by) ? name : 'Set-Link-Info'
    default:
      return connection.openStops[peer] > 0 ? 'Stop-Control-Connection-Reply' : requestMeantBy(sent, by)
  }
}

function isOfferedCall({ calls }: ConnectionView, to: Side): boolean {
  return calls.some(
    ({ direction, phase, pns }) => direction === 'incoming' && phase === 'asked' && pns === to,
  )
}

/**
 * Guesses which of the three requests of 16 octets was meant: the one whose field after the header
 * fits, a Call ID of a call or a Reason, or else Echo-Request.
 */
function requestMeantBy({ octets, connection }: Sent, by: Side): MessageName {
  const [high = 0, low = 0, ...reserved] = octets.subarray(12)
  if (reserved.every((octet) => octet === 0)) {
    const callId = (high << 8) | low
    if (connection.calls.some(({ pns, pnsId }) => pns === by && pnsId === callId)) return 'Call-Clear-Request'
    if (high >= 1 && high <= 3 && low === 0) return 'Stop-Control-Connection-Request'
  }
  return 'Echo-Request'
}

/**
 * Reads a header with a wrong Magic Cookie. `name` is the message, if all other fields fit it;
 * `any` says whether any other field is right.
 */
function rightBut(octets: Uint8Array): { readonly name: MessageName | undefined; readonly any: boolean } {
  const { length, pptpMessageType, controlMessageType } = decodeControl(octets)
  const isControl = pptpMessageType === PptpMessageType.control
  const name = messageNameOf(controlMessageType)
  return {
    name: isControl && name !== undefined && sizeOf(name) === length ? name : undefined,
    any: isControl || MESSAGE_NAMES.some((one) => sizeOf(one) === length),
  }
}

export default monitor(
  {
    id: 'message-header',
    purpose: 'Every control message begins with a correct header and is as long as its type demands.',
    decides: [
      '1.4/fixed-header',
      '1.4/length-sent',
      '1.4/magic-cookie-sent',
      '1.4/message-type-sent',
      '1.4/control-message-type-sent',
      ...inEachSection('length'),
      ...inEachSection('pptp-message-type'),
      ...inEachSection('magic-cookie'),
      ...inEachSection('control-message-type'),
    ],
    provenBy: [
      'magic-cookie-wrong-sent',
      'message-type-wrong-sent',
      'length-off-by-one-sent',
      'start-reply-wrong-length',
      'start-reply-reserved-type',
      'start-request-wrong-length',
      'version-refusal-as-text',
      'start-refusal-wrong-cookie',
      'start-refusal-management-type',
      'refusal-type-swapped',
      'restart-wrong-cookie',
      'restart-management-type',
      'restart-type-swapped',
      'stop-request-type-swapped',
      'echo-request-type-swapped',
      'call-request-type-swapped',
      'clear-request-wrong-cookie',
      'clear-request-management-type',
      'clear-request-type-swapped',
      'clear-request-wrong-length',
      'clear-notify-wrong-cookie',
      'clear-notify-type-swapped',
      'clear-notify-without-statistics',
      'link-info-wrong-cookie',
      'link-info-management-type',
      'link-info-type-swapped',
      'link-info-wrong-length',
    ],
  },
  ({ subject, peer, observe }) => {
    /**
     * Connections on which a Length was wrong: after that, nobody can tell where the next message
     * begins.
     */
    const adrift = new Set<number>()
    const expectedCookie = `Magic Cookie ${hexNumber(MAGIC_COOKIE, 8)}`
    return {
      sent({ message, octets, entry, connection }) {
        if (adrift.has(connection.number)) return
        const at = entry.index
        const name = message.name === 'unrecognized' ? message.claims : message.name
        const meant = name ?? meantBy({ octets, connection }, subject, peer)
        const cookie = { ok: true, expected: expectedCookie, seen: expectedCookie, entry: at }
        observe('1.4/magic-cookie-sent', cookie)
        observe('1.4/fixed-header', { ...cookie, expected: HEADER, seen: HEADER })
        if (meant !== undefined) observe(inSectionOf(meant, 'magic-cookie'), cookie)
        const type = {
          ok: message.pptpMessageType === 1,
          expected: 'PPTP Message Type 1',
          seen: `PPTP Message Type ${message.pptpMessageType}`,
          entry: at,
        }
        observe('1.4/message-type-sent', type)
        if (meant !== undefined) observe(inSectionOf(meant, 'pptp-message-type'), type)
        const code = {
          ok: name !== undefined,
          expected: 'Control Message Type 1 to 15',
          seen: `Control Message Type ${message.controlMessageType}`,
          entry: at,
        }
        observe('1.4/control-message-type-sent', code)
        if (meant !== undefined) observe(inSectionOf(meant, 'control-message-type'), code)
        if (name === undefined) return
        const ok = octets.length === sizeOf(name)
        if (!ok) adrift.add(connection.number)
        const length = {
          ok,
          expected: `Length ${sizeOf(name)}, that of ${name}`,
          seen: `Length ${octets.length}`,
          entry: at,
        }
        observe('1.4/length-sent', length)
        observe(inSectionOf(name, 'length'), length)
      },
      lostStep({ cause, detail, octets, entry, connection }) {
        if (adrift.has(connection.number)) return
        adrift.add(connection.number)
        const broken = { ok: false, seen: detail, entry: entry.index }
        if (cause === 'length') {
          observe('1.4/length-sent', { ...broken, expected: 'a Length that a control message can have' })
          return
        }
        const cookie = { ...broken, expected: expectedCookie }
        observe('1.4/magic-cookie-sent', cookie)
        const right = rightBut(octets)
        if (right.name !== undefined) observe(inSectionOf(right.name, 'magic-cookie'), cookie)
        if (!right.any)
          observe('1.4/fixed-header', {
            ...broken,
            expected: HEADER,
            seen: 'octets in which neither Length, PPTP Message Type nor Magic Cookie is correct',
          })
      },
    }
  },
)
