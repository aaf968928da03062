import { encodeControl } from '../../../protocol/control.ts'
import { type ControlMessage, GeneralError } from '../../../protocol/messages.ts'
import {
  badCallId,
  badValue,
  type Check,
  INCOMING_CHECKS,
  OUTGOING_CHECKS,
  peersCall,
  type Refusal,
  type Request,
  refusalOf,
} from '../../acceptance.ts'
import type { Call } from '../../call-model.ts'
import { AS_PNS } from '../../call-policy.ts'
import type { CallInput } from '../../tables.ts'
import type { Fault, Instead } from '../fault.ts'

type OutgoingRequest = ControlMessage<'Outgoing-Call-Request'>

/**
 * Makes a decision that leaves out one check.
 * @param overlooked the name of the check.
 */
function without<N extends 'Outgoing-Call-Request' | 'Incoming-Call-Request'>(
  checks: readonly Check<N>[],
  overlooked: string,
) {
  const rest = checks.filter(({ name }) => name !== overlooked)
  const check = checks.find(({ name }) => name === overlooked)
  return (usual: Refusal | undefined, request: Request<N>): Refusal | undefined =>
    usual === undefined || check?.refusal(request) === undefined ? usual : refusalOf(rest, request)
}

/**
 * Leaves out one check of an outgoing call.
 * @param overlooked the name of the check.
 */
const accepts = (overlooked: string): Instead => ({
  refusalOfOutgoingCall: without(OUTGOING_CHECKS, overlooked),
})

/**
 * Whether a bad value decides: the usual checks come to values before the Call ID and the channels.
 */
const comesFirst = (usual: Refusal | undefined): boolean =>
  usual === undefined ||
  usual.errorCode === GeneralError.badCallId ||
  usual.errorCode === GeneralError.noResource

/**
 * Refuses a valid outgoing call.
 * @param when returns the reason; undefined accepts the call.
 */
const refuses = (when: (message: OutgoingRequest) => string | undefined): Instead => ({
  refusalOfOutgoingCall(usual, { message }) {
    const why = comesFirst(usual) ? when(message) : undefined
    return why === undefined ? usual : badValue(why)
  },
})

/** Refuses a valid incoming call. */
const refusesIncoming = (when: (message: ControlMessage<'Incoming-Call-Request'>) => boolean): Instead => ({
  refusalOfIncomingCall: (usual, { message }) =>
    comesFirst(usual) && when(message) ? badValue('a value that ought not to matter') : usual,
})

/** Clears a call because of a valid reply. */
const clearsOver = (
  when: (reply: ControlMessage<'Outgoing-Call-Reply'>, call: Call) => boolean,
): Instead => ({ acceptsCallReply: (usual, reply, call) => usual && !when(reply, call) })

/** Treats the Call IDs of calls as in use after the input that ended them. */
const keepsCallIds = (after: CallInput) => (): Instead => {
  const kept: Call[] = []
  return {
    endsSession(usual, call, why) {
      if (why === after) kept.push(call)
      return usual
    },
    callsInUse: (usual) => (kept.length === 0 ? usual : [...kept, ...usual]),
    acceptsCallReply: (usual, { callId }, call) =>
      usual && peersCall(kept, call.host.peer, callId) === undefined,
  }
}

/** Keeps the session of a call after the input that ended the call. */
const keepsSession = (after: CallInput): Instead => ({
  endsSession: (usual, _call, why, hasSession) => usual && !(hasSession && why === after),
})

/** Takes a message that names no call as one about the first call that suits. */
const takesAnyCall = (name: ControlMessage['name'], suits: (call: Call) => boolean): Instead => ({
  callNamed: (usual, message, calls) => (message.name === name ? (usual ?? calls.find(suits)) : usual),
})

/** Faults in decisions about calls. */
export const CALL_POLICY_FAULTS = {
  // As PAC: accepting bad requests
  'accepts-bad-bearer': {
    title: 'Connects a call with an undefined Bearer Type',
    section: '2.7',
    breaks: ['2.7/bearer-type'],
    consequences: ['3.2.4.1/idle-request-in-error'],
    instead: accepts('bearer'),
  },
  'accepts-bad-framing': {
    title: 'Connects a call with an undefined Framing Type',
    section: '2.7',
    breaks: ['2.7/framing-type'],
    instead: accepts('framing'),
  },
  'accepts-inverted-speeds': {
    title: 'Connects a call with Minimum BPS above Maximum BPS',
    section: '2.7',
    breaks: ['2.7/speed-range'],
    instead: accepts('speeds'),
  },
  'accepts-long-phone-number': {
    title: 'Connects a call with a Phone Number Length above 64',
    section: '2.7',
    breaks: ['2.7/phone-number-length'],
    instead: accepts('phone number'),
  },
  'accepts-duplicate-call-id': {
    title: 'Connects a call whose Call ID is in use',
    section: '2.7',
    breaks: ['2.7/call-id-in-use'],
    instead: accepts('Call ID'),
  },
  'accepts-beyond-channels': {
    title: 'Connects more calls than it has channels',
    section: '2.8',
    breaks: ['2.16/no-resource'],
    instead: accepts('channels'),
  },
  'accepts-window-zero': {
    title: 'Connects a call with a receive window of 0 and never sends data in it',
    section: '4.2.1',
    breaks: ['2.7/window-zero', '2.8/window-zero-received'],
    instead: {
      ...accepts('window'),
      mayTransmit: (usual, _awaiting, _window, peersWindow) => usual && peersWindow !== 0,
    },
  },
  // As PAC: refusing valid requests
  'refuses-analog-bearer': {
    title: 'Refuses a call with Bearer Type 1 as Bad-Value',
    section: '2.7',
    breaks: ['2.2/bearer-analog', '2.7/bearer-analog'],
    consequences: ['2/network-order-received'],
    instead: refuses(({ bearerType }) => (bearerType === 1 ? 'Bearer Type 1' : undefined)),
  },
  'refuses-digital-bearer': {
    title: 'Refuses a call with Bearer Type 2 as Bad-Value',
    section: '2.7',
    breaks: ['2.7/bearer-digital'],
    consequences: ['2.2/bearer-digital'],
    instead: refuses(({ bearerType }) => (bearerType === 2 ? 'Bearer Type 2' : undefined)),
  },
  'refuses-asynchronous-framing': {
    title: 'Refuses a call with Framing Type 1 as Bad-Value',
    section: '2.7',
    breaks: ['2.7/framing-asynchronous'],
    consequences: ['2.2/framing-asynchronous', '2/network-order-received'],
    instead: refuses(({ framingType }) => (framingType === 1 ? 'Framing Type 1' : undefined)),
  },
  'refuses-synchronous-framing': {
    title: 'Refuses a call with Framing Type 2 as Bad-Value',
    section: '2.7',
    breaks: ['2.2/framing-synchronous', '2.7/framing-synchronous'],
    instead: refuses(({ framingType }) => (framingType === 2 ? 'Framing Type 2' : undefined)),
  },
  'refuses-full-phone-number': {
    title: 'Refuses a call whose Phone Number has all 64 characters',
    section: '2.7',
    breaks: ['2.7/phone-number-full'],
    instead: refuses(({ phoneNumber }) =>
      phoneNumber.length === 64 ? 'Phone Number without an end' : undefined,
    ),
  },
  'refuses-call-id-zero': {
    title: 'Refuses a call whose Call ID is 0',
    section: '2.7',
    breaks: ['2.7/any-call-id'],
    instead: refuses(({ callId }) => (callId === 0 ? 'Call ID 0' : undefined)),
  },
  'refuses-serial-number-zero': {
    title: 'Refuses a call whose Call Serial Number is 0',
    section: '2.7',
    breaks: ['2.7/call-serial-number-any'],
    instead: refuses(({ callSerialNumber }) => (callSerialNumber === 0 ? 'Call Serial Number 0' : undefined)),
  },
  'refuses-long-delay': {
    title: 'Refuses a call whose Packet Processing Delay is above 32767',
    section: '2.7',
    breaks: ['2.7/processing-delay-any'],
    instead: refuses(({ packetProcessingDelay }) =>
      packetProcessingDelay > 0x7fff ? `Packet Processing Delay ${packetProcessingDelay}` : undefined,
    ),
  },
  'refuses-equal-call-ids': {
    title: 'Refuses a call whose Call ID it has itself assigned to another call',
    section: '3.2.2',
    breaks: ['3.2.2/both-directions-equal'],
    instead: {
      refusalOfOutgoingCall: (usual, { message: { callId }, calls }) =>
        usual === undefined && calls.some(({ ownCallId }) => ownCallId === callId)
          ? badCallId(`Call ID ${callId} is ours`)
          : usual,
    },
  },
  'refuses-call-id-of-another-peer': {
    title: 'Refuses a call whose Call ID another peer uses',
    section: '3.2.2',
    breaks: ['3.2.2/other-tunnels'],
    instead: {
      refusalOfOutgoingCall: (usual, { message: { callId }, peer, calls }) =>
        usual === undefined && calls.some((call) => call.host.peer !== peer && call.peersCallId() === callId)
          ? badCallId(`Call ID ${callId} is a peer's`)
          : usual,
    },
  },
  // As PNS: incoming calls
  'incoming-accepts-bad-bearer': {
    title: 'Accepts an incoming call with an undefined Call Bearer Type',
    section: '2.9',
    breaks: ['2.9/bearer-type-received'],
    consequences: ['2.16/bad-value'],
    instead: { refusalOfIncomingCall: without(INCOMING_CHECKS, 'bearer') },
  },
  'incoming-refuses-call-id-zero': {
    title: 'Refuses an incoming call whose Call ID is 0',
    section: '2.9',
    breaks: ['2.9/call-id-any'],
    instead: refusesIncoming(({ callId }) => callId === 0),
  },
  'incoming-refuses-full-numbers': {
    title: 'Refuses an incoming call with a number of 64 characters',
    section: '2.9',
    breaks: ['2.9/numbers-any'],
    instead: refusesIncoming(({ dialedNumber, dialingNumber }) =>
      [dialedNumber, dialingNumber].some((number) => number.length === 64),
    ),
  },
  'incoming-connects-refused': {
    title: 'Connects an incoming call although its reply refuses it',
    section: '3.2.3.2',
    breaks: ['3.2.3.2/idle-refuses'],
    consequences: ['3.2.4.2/refused-call-idle', '2.9/bearer-type-received'],
    instead() {
      const refused = new Map<number, Refusal>()
      return {
        refusalOfIncomingCall(usual, { message }) {
          if (usual !== undefined) refused.set(message.callId, usual)
          return undefined
        },
        encode(usual, message) {
          const refusal = message.name === 'Incoming-Call-Reply' && refused.get(message.peersCallId)
          if (message.name !== 'Incoming-Call-Reply' || !refusal) return usual
          const { resultCode, errorCode } = refusal
          return [encodeControl({ ...message, resultCode, errorCode })]
        },
      }
    },
  },
  // As PNS: replies
  'call-reply-refuses-id-zero': {
    title: 'Clears a call to which the PAC assigned Call ID 0',
    section: '2.8',
    iut: 'originator',
    breaks: ['2.8/call-id-any'],
    consequences: ['3.2.2/both-directions-equal'],
    instead: clearsOver(({ callId }) => callId === 0),
  },
  'call-reply-refuses-equal-id': {
    title: 'Clears a call to which both ends assigned the same Call ID',
    section: '3.2.2',
    iut: 'originator',
    breaks: ['3.2.2/both-directions-equal'],
    consequences: ['2.8/call-id-any'],
    instead: clearsOver(({ callId }, { ownCallId }) => callId === ownCallId),
  },
  'call-reply-refuses-long-delay': {
    title: 'Clears a call if the reply has a Packet Processing Delay above 32767',
    section: '2.8',
    iut: 'originator',
    breaks: ['2.8/processing-delay-any'],
    instead: clearsOver(({ packetProcessingDelay }) => packetProcessingDelay > 0x7fff),
  },
  'call-reply-heeds-channel': {
    title: 'Clears a call whose Physical Channel ID is 65535',
    section: '2.8',
    iut: 'originator',
    breaks: ['2.8/physical-channel-logged-only'],
    instead: clearsOver(({ physicalChannelId }) => physicalChannelId === 0xffff),
  },
  // Which call a message is about
  'call-reply-any-call': {
    title: "Takes a call reply with any Peer's Call ID as the reply to its own request",
    section: '2.8',
    iut: 'originator',
    breaks: ['2.8/peers-call-id-matched'],
    instead: takesAnyCall(
      'Outgoing-Call-Reply',
      (call) => call.role === 'pns-outgoing' && call.state() === 'wait-reply',
    ),
  },
  'incoming-connected-any-call': {
    title: "Takes Incoming-Call-Connected with any Peer's Call ID as that of the call that waits for it",
    section: '2.11',
    breaks: ['2.11/peers-call-id-matched'],
    consequences: ['3.2.3.2/tunnel-after-connected'],
    instead: takesAnyCall(
      'Incoming-Call-Connected',
      (call) => call.role === 'pns-incoming' && call.state() === 'wait-connect',
    ),
  },
  'disconnect-notify-any-call': {
    title: 'Takes Call-Disconnect-Notify with any Call ID as the end of its call',
    section: '2.13',
    iut: 'originator',
    breaks: ['2.13/call-id-matched'],
    instead: takesAnyCall('Call-Disconnect-Notify', ({ role }) => AS_PNS.has(role)),
  },
  'disconnect-notify-by-own-call-id': {
    title: 'Takes Call-Disconnect-Notify with its own Call ID as the end of its call',
    section: '2.13',
    iut: 'originator',
    breaks: ['2.13/call-id-matched'],
    instead: {
      callNamed: (usual, message, calls) =>
        message.name === 'Call-Disconnect-Notify'
          ? (usual ?? calls.find(({ ownCallId, role }) => ownCallId === message.callId && AS_PNS.has(role)))
          : usual,
    },
  },
  // Call IDs and Call Serial Numbers
  'call-id-reused': {
    title: 'Assigns the same Call ID to two calls',
    section: '3.2.2',
    breaks: ['2.7/call-id-unique', '2.10/call-id-unique', '3.2.2/call-id-unique'],
    consequences: [
      '1.3.2/key-selects-session',
      '1.3.2/several-sessions',
      '2.7/call-serial-number',
      '3.2.1/calls-not-blocked',
      '3.2.2/assigned',
      '3.2.2/both-directions-equal',
      '3.2.2/other-tunnels',
      '3.2.3.2/wait-disconnect',
      '4.1/acknowledges-received',
    ],
    instead: { nextCallId: (usual, [first]) => first ?? usual },
  },
  'call-serial-number-repeats': {
    title: 'Sends every call request with Call Serial Number 1',
    section: '2.7',
    iut: 'originator',
    breaks: ['2.7/call-serial-number'],
    instead: { serialNumber: () => 1 },
  },
  'clear-wrong-call-id': {
    title: 'Sends Call-Disconnect-Notify with the Call ID that the PNS assigned',
    section: '2.13',
    breaks: ['2.13/call-id'],
    instead: {
      callIdIn: (usual, message, { peers }) => (message === 'Call-Disconnect-Notify' ? peers : usual),
    },
  },
  'link-info-own-call-id': {
    title: 'Sends Set-Link-Info with its own Call ID',
    section: '2.15',
    iut: 'originator',
    breaks: ['2.15/peers-call-id'],
    instead: { callIdIn: (usual, message, { own }) => (message === 'Set-Link-Info' ? own : usual) },
  },
  // The end of a call
  'clear-keeps-call-id': {
    title: 'Treats the Call ID of a cleared call as in use',
    section: '3.2.2',
    breaks: ['2.12/another-call'],
    instead: keepsCallIds('clear-request'),
  },
  'drop-keeps-call-ids': {
    title: 'Treats Call IDs as in use after their TCP connection was lost',
    section: '3.2.1',
    breaks: ['3.2.1/call-ids-released'],
    instead: keepsCallIds('connection-lost'),
  },
  'clear-keeps-tunnel': {
    title: 'Keeps the session of a cleared call',
    section: '2.12',
    breaks: ['2.12/ends-call'],
    consequences: ['3.2.4.1/tunnel-ends'],
    instead: keepsSession('clear-request'),
  },
  'stop-keeps-tunnel': {
    title: 'Keeps the sessions of its calls after the control connection was stopped',
    section: '2.3',
    breaks: ['2.3/calls-cleared'],
    instead: keepsSession('connection-stopped'),
  },
  'drop-keeps-tunnel': {
    title: 'Keeps the sessions of its calls after the TCP connection was lost',
    section: '3',
    breaks: ['3/calls-end'],
    instead: keepsSession('connection-lost'),
  },
  'gre-to-another-peer': {
    title: 'Sends the packets of a call to the address of another peer that has a call',
    section: '1.2',
    breaks: ['1.2/session-datagrams'],
    consequences: ['4.1/acknowledges-received', '4.1/consecutive', '4.3/no-duplicates-sent'],
    instead: {
      tunnelAddress: (usual, peer, ends) => ends.find((end) => end.peer !== peer)?.peer ?? usual,
    },
  },
} satisfies Record<string, Fault>
