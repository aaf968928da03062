import type { ControlMessage } from '../protocol/messages.ts'
import { INCOMING_CHECKS, OUTGOING_CHECKS, type Refusal, type Request, refusalOf } from './acceptance.ts'
import type { Call, RegisteredTunnel } from './call-model.ts'
import type { CallInput, CallRole } from './tables.ts'

/** The Call IDs of a call. */
export interface CallIds {
  /** The Call ID that we assigned. */
  readonly own: number
  /** The Call ID that the peer assigned. */
  readonly peers: number
}

/** How a peer decides about calls. */
export interface CallPolicy {
  /** Returns why a call is refused; undefined where it is accepted. */
  refusalOfOutgoingCall(request: Request<'Outgoing-Call-Request'>): Refusal | undefined
  refusalOfIncomingCall(request: Request<'Incoming-Call-Request'>): Refusal | undefined
  /** Whether the call goes on after a reply that reports success. */
  acceptsCallReply(reply: ControlMessage<'Outgoing-Call-Reply'>, call: Call): boolean
  /** Finds the call that a message is about, among the calls of its connection. */
  callNamed(message: ControlMessage, calls: readonly Call[]): Call | undefined
  /**
   * Returns the calls whose Call IDs are in use.
   * @param living all calls that are not over.
   */
  callsInUse(living: readonly Call[]): readonly Call[]
  /**
   * Returns a free Call ID.
   * @param next the first one to try.
   */
  nextCallId(used: ReadonlySet<number>, next: number): number
  /** Returns the Call ID by which one of these messages names its call. */
  callIdIn(message: 'Call-Disconnect-Notify' | 'Set-Link-Info', ids: CallIds): number
  serialNumber(ownCallId: number): number
  /**
   * Whether the session of a call ends when the call is over.
   * @param why the last input.
   */
  endsSession(call: Call, why: CallInput, hasSession: boolean): boolean
  /** Returns the address, dotted IPv4, to which the packets of a call with a peer are sent. */
  tunnelAddress(peer: string, ends: readonly RegisteredTunnel[]): string
}

export const AS_PAC: ReadonlySet<CallRole> = new Set(['pac-outgoing', 'pac-incoming'])
export const AS_PNS: ReadonlySet<CallRole> = new Set(['pns-outgoing', 'pns-incoming'])

export const CALL_POLICY: CallPolicy = {
  refusalOfOutgoingCall: (request) => refusalOf(OUTGOING_CHECKS, request),
  refusalOfIncomingCall: (request) => refusalOf(INCOMING_CHECKS, request),
  acceptsCallReply: () => true,
  callNamed,
  callsInUse: (living) => living,
  nextCallId(used, next) {
    let callId = next
    while (used.has(callId)) callId = (callId + 1) & 0xffff
    return callId
  },
  callIdIn: (message, { own, peers }) => (message === 'Call-Disconnect-Notify' ? own : peers),
  serialNumber: (ownCallId) => ownCallId,
  endsSession: () => true,
  tunnelAddress: (peer) => peer,
}

function callNamed(message: ControlMessage, calls: readonly Call[]): Call | undefined {
  const own = (callId: number, roles: ReadonlySet<CallRole>) =>
    calls.find((call) => call.ownCallId === callId && roles.has(call.role))
  const peers = (callId: number, roles: ReadonlySet<CallRole>) =>
    calls.find((call) => call.peersCallId() === callId && roles.has(call.role))
  switch (message.name) {
    case 'Outgoing-Call-Reply':
      return own(message.peersCallId, new Set(['pns-outgoing']))
    case 'Incoming-Call-Reply':
      return own(message.peersCallId, new Set(['pac-incoming']))
    case 'Incoming-Call-Connected':
      return own(message.peersCallId, new Set(['pns-incoming']))
    case 'Call-Clear-Request':
      return peers(message.callId, AS_PAC)
    case 'Call-Disconnect-Notify':
      return peers(message.callId, AS_PNS) ?? abandoned(calls)
    case 'WAN-Error-Notify':
      return own(message.peersCallId, AS_PNS)
    case 'Set-Link-Info':
      return own(message.peersCallId, AS_PAC)
    default:
      return undefined
  }
}

/**
 * Returns the call that was cleared before the PAC's reply came, if there is exactly one: a
 * Call-Disconnect-Notify with any Call ID is about that call (interpretation A-04).
 */
function abandoned(calls: readonly Call[]): Call | undefined {
  const waiting = calls.filter(
    (call) => call.state() === 'wait-disconnect' && call.peersCallId() === undefined,
  )
  return waiting.length === 1 ? waiting[0] : undefined
}
