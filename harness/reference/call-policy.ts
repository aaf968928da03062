import type { ControlMessage } from '../protocol/messages.ts'
import { INCOMING_CHECKS, OUTGOING_CHECKS, type Refusal, type Request, refusalOf } from './acceptance.ts'
import type { Call, RegisteredTunnel } from './call-model.ts'
import type { CallInput, CallRole } from './tables.ts'

/** The Call IDs of a call. */
export interface CallIds {
  /** What we assigned. */
  readonly own: number
  /** What the peer assigned. */
  readonly peers: number
}

/** How a peer decides about calls. */
export interface CallPolicy {
  /** Why an outgoing call is refused; undefined where it is accepted. */
  refusalOfOutgoingCall(request: Request<'Outgoing-Call-Request'>): Refusal | undefined
  refusalOfIncomingCall(request: Request<'Incoming-Call-Request'>): Refusal | undefined
  /** Whether a reply that reports success is one to go on with. */
  acceptsCallReply(reply: ControlMessage<'Outgoing-Call-Reply'>, call: Call): boolean
  /** Among the calls of a connection, the one that a message is about. */
  callNamed(message: ControlMessage, calls: readonly Call[]): Call | undefined
  /** The calls whose Call IDs are taken: those that live. */
  callsInUse(living: readonly Call[]): readonly Call[]
  /** @param next the first that is to be tried. */
  nextCallId(used: ReadonlySet<number>, next: number): number
  /** The Call ID that stands for a call in what its PAC tells, or in the maps of its PNS. */
  callIdIn(message: 'Call-Disconnect-Notify' | 'Set-Link-Info', ids: CallIds): number
  serialNumber(ownCallId: number): number
  /** Whether a call that is over over that input has no session any more. */
  endsSession(call: Call, why: CallInput, hasSession: boolean): boolean
  /** Dotted IPv4 of where the packets of a call with that peer go. */
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
 * The one call cleared before the PAC told its Call ID: whatever the notification carries is about
 * it (interpretation A-04).
 */
function abandoned(calls: readonly Call[]): Call | undefined {
  const waiting = calls.filter(
    (call) => call.state() === 'wait-disconnect' && call.peersCallId() === undefined,
  )
  return waiting.length === 1 ? waiting[0] : undefined
}
