import type { DecodedMessage } from '../../protocol/control.ts'
import type { Side } from '../../trace/trace.ts'
import type { Call, Connection } from './state.ts'
import { isLiving } from './views.ts'

/**
 * Returns the call that a message names by a Call ID, before the message takes effect; undefined
 * where it names no call. Of several calls with that Call ID, it is the newest.
 */
export function callNamedIn(connection: Connection, from: Side, message: DecodedMessage): Call | undefined {
  const { calls } = connection
  switch (message.name) {
    case 'Outgoing-Call-Reply':
      return calls.findLast(
        (call) =>
          call.direction === 'outgoing' &&
          call.pac === from &&
          mayBeAnswered(call, call.pacId) &&
          call.pnsId === message.peersCallId,
      )
    case 'Incoming-Call-Reply':
      return calls.findLast(
        (call) =>
          call.direction === 'incoming' &&
          call.pns === from &&
          mayBeAnswered(call, call.pnsId) &&
          call.pacId === message.peersCallId,
      )
    case 'Incoming-Call-Connected':
      return calls.findLast(
        (call) =>
          call.direction === 'incoming' &&
          call.pac === from &&
          call.phase === 'accepted' &&
          call.pnsId === message.peersCallId,
      )
    case 'Call-Clear-Request':
      return livingFirst(calls, (call) => call.pns === from && call.pnsId === message.callId)
    case 'Call-Disconnect-Notify':
      return livingFirst(calls, (call) => call.pac === from && call.pacId === message.callId)
    case 'WAN-Error-Notify':
      return calls.findLast(
        (call) => isLiving(call) && call.pac === from && call.pnsId === message.peersCallId,
      )
    case 'Set-Link-Info':
      return calls.findLast(
        (call) => isLiving(call) && call.pns === from && call.pacId === message.peersCallId,
      )
    default:
      return undefined
  }
}

/**
 * Whether a reply may answer the request for that call. That holds even for a call that was cleared
 * before it was answered (interpretation A-04).
 * @param id the Call ID that the sender of the reply has assigned so far.
 */
function mayBeAnswered(call: Call, id: number | undefined): boolean {
  return call.phase === 'asked' || (call.phase === 'over' && id === undefined)
}

function livingFirst(calls: readonly Call[], named: (call: Call) => boolean): Call | undefined {
  return calls.findLast((call) => isLiving(call) && named(call)) ?? calls.findLast(named)
}
