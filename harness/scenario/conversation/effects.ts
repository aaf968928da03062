import type { DecodedMessage } from '../../protocol/control.ts'
import { type ControlMessage, MESSAGES } from '../../protocol/messages.ts'
import { oppositeSide } from '../../trace/messages.ts'
import type { Side } from '../../trace/trace.ts'
import { callNamedIn } from './named-call.ts'
import {
  askForCall,
  assignCallId,
  type Connection,
  endCall,
  enterPhase,
  markTroubled,
  passTo,
} from './state.ts'
import { isLiving } from './views.ts'

/** Applies the effect of a message that a side sent at `at` ms to its connection and calls. */
export function applyMessage(connection: Connection, from: Side, message: DecodedMessage, at: number): void {
  switch (message.name) {
    case 'unrecognized':
      markTroubled(connection, from)
      return
    case 'Start-Control-Connection-Request':
      connection.openStarts[from]++
      return
    case 'Start-Control-Connection-Reply':
      answerStart(connection, from, message.resultCode, at)
      return
    case 'Stop-Control-Connection-Request':
      connection.openStops[from]++
      connection.stopSent[from] ??= 'request'
      return
    case 'Stop-Control-Connection-Reply':
      answerStop(connection, from, message.resultCode, at)
      return
    case 'Echo-Request':
      countEcho(connection.openEchoes[from], message.identifier, 1)
      return
    case 'Echo-Reply':
      countEcho(connection.openEchoes[oppositeSide(from)], message.identifier, -1)
      return
    case 'Outgoing-Call-Request':
      askForCall(connection, from, 'outgoing', message, at).window[from] = message.packetRecvWindowSize
      return
    case 'Incoming-Call-Request':
      askForCall(connection, from, 'incoming', message, at)
      return
    case 'Outgoing-Call-Reply':
    case 'Incoming-Call-Reply':
      answerCall(connection, from, message, at)
      return
    case 'Incoming-Call-Connected': {
      const call = callNamedIn(connection, from, message)
      if (call === undefined) return
      call.window[from] = message.packetRecvWindowSize
      passTo(call, 'connected', at)
      return
    }
    case 'Call-Clear-Request': {
      const call = callNamedIn(connection, from, message)
      if (call !== undefined) call.clearing = true
      return
    }
    case 'Call-Disconnect-Notify': {
      // If the Call ID names no call, the message still ends the call that is being cleared.
      const call =
        callNamedIn(connection, from, message) ??
        connection.calls.findLast((one) => one.pac === from && one.clearing && isLiving(one))
      if (call !== undefined) endCall(call, { by: from, how: 'notify' }, at)
      return
    }
    default:
      return
  }
}

function answerStart(connection: Connection, from: Side, resultCode: number, at: number): void {
  const asker = oppositeSide(from)
  if (connection.openStarts[asker] > 0) connection.openStarts[asker]--
  if (connection.phase === 'open')
    enterPhase(connection, resultCode === 1 ? 'established' : 'refused', from, at)
}

function answerStop(connection: Connection, from: Side, resultCode: number, at: number): void {
  const asker = oppositeSide(from)
  if (connection.openStops[asker] > 0) connection.openStops[asker]--
  if (resultCode === 2) return
  connection.stopSent[from] = 'reply'
  if (connection.phase !== 'closed') enterPhase(connection, 'stopped', from, at)
}

/** Counts the unanswered Echo-Requests of one Identifier; the count is never below 0. */
function countEcho(open: Map<number, number>, identifier: number, step: 1 | -1): void {
  const count = (open.get(identifier) ?? 0) + step
  if (count > 0) open.set(identifier, count)
  else open.delete(identifier)
}

/** Applies a reply to a request for a call, which connects, accepts or refuses it. */
function answerCall(
  connection: Connection,
  from: Side,
  message: ControlMessage<'Outgoing-Call-Reply'> | ControlMessage<'Incoming-Call-Reply'>,
  at: number,
): void {
  const call = callNamedIn(connection, from, message)
  if (call === undefined) return
  // After an undefined Result Code it is not known whether there is a call.
  if (!isDefined(message.name, message.resultCode)) markTroubled(connection, from)
  const success = message.resultCode === 1
  // A refusal may have any Call ID (interpretation A-40), even that of a living call: that call
  // keeps it.
  const holder = connection.pair.assigned[from].get(message.callId)
  if (success || holder === undefined || !isLiving(holder)) assignCallId(call, from, message.callId)
  call.window[from] = message.packetRecvWindowSize
  if (call.phase !== 'asked') return
  if (!success) passTo(call, 'refused', at)
  else passTo(call, call.direction === 'outgoing' ? 'connected' : 'accepted', at)
}

function isDefined(name: 'Outgoing-Call-Reply' | 'Incoming-Call-Reply', resultCode: number): boolean {
  return MESSAGES[name].body.some(
    ({ name: field, ...rest }) =>
      field === 'resultCode' &&
      'legal' in rest &&
      rest.legal.kind === 'codes' &&
      resultCode in rest.legal.codes,
  )
}
