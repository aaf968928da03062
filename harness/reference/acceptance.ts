import { type ControlMessage, GeneralError } from '../protocol/messages.ts'
import type { Call } from './call-model.ts'
import type { Configuration } from './configuration.ts'

/** The Result and Error Codes of a refusal, with the words for the log. */
export interface Refusal {
  readonly resultCode: number
  readonly errorCode: number
  readonly why: string
}

/** A request for a call, and what its acceptance depends on. */
export interface Request<N extends 'Outgoing-Call-Request' | 'Incoming-Call-Request'> {
  readonly message: ControlMessage<N>
  /** Dotted IPv4. */
  readonly peer: string
  /** The calls whose Call IDs are taken. */
  readonly calls: readonly Call[]
  readonly configuration: Configuration
}

/** One reason to refuse a request. */
export interface Check<N extends 'Outgoing-Call-Request' | 'Incoming-Call-Request'> {
  readonly name: string
  /** Returns the refusal; undefined where this reason does not apply. */
  refusal(request: Request<N>): Refusal | undefined
}

export const badValue = (why: string): Refusal => ({ resultCode: 2, errorCode: GeneralError.badValue, why })
export const badCallId = (why: string): Refusal => ({ resultCode: 2, errorCode: GeneralError.badCallId, why })

/**
 * A PAC's reasons to refuse an outgoing call (sections 2.7 and 2.8), in the order of the checks.
 */
export const OUTGOING_CHECKS: readonly Check<'Outgoing-Call-Request'>[] = [
  {
    name: 'outgoing calls',
    refusal: ({ configuration }) =>
      configuration.outgoingCalls
        ? undefined
        : { resultCode: 7, errorCode: GeneralError.none, why: 'no outgoing calls here' },
  },
  {
    name: 'bearer',
    refusal: ({ message: { bearerType } }) =>
      isWithin(bearerType, 1, 3) ? undefined : badValue(`Bearer Type ${bearerType}`),
  },
  {
    name: 'framing',
    refusal: ({ message: { framingType } }) =>
      isWithin(framingType, 1, 3) ? undefined : badValue(`Framing Type ${framingType}`),
  },
  {
    name: 'speeds',
    refusal: ({ message: { minimumBps, maximumBps } }) =>
      minimumBps > maximumBps
        ? badValue(`Minimum BPS ${minimumBps} above Maximum BPS ${maximumBps}`)
        : undefined,
  },
  {
    name: 'phone number',
    refusal: ({ message: { phoneNumberLength } }) =>
      phoneNumberLength > 64 ? badValue(`Phone Number Length ${phoneNumberLength}`) : undefined,
  },
  {
    name: 'window',
    refusal: ({ message: { packetRecvWindowSize } }) =>
      packetRecvWindowSize === 0 ? badValue('Packet Recv. Window Size 0') : undefined,
  },
  { name: 'Call ID', refusal: (request) => takenCallId(request) },
  {
    name: 'channels',
    refusal: ({ calls, configuration }) =>
      calls.length >= configuration.channels
        ? { resultCode: 2, errorCode: GeneralError.noResource, why: 'all channels are taken' }
        : undefined,
  },
]

/** A PNS's reasons to refuse an incoming call (sections 2.9, 2.10), in the order of the checks. */
export const INCOMING_CHECKS: readonly Check<'Incoming-Call-Request'>[] = [
  {
    name: 'incoming calls',
    refusal: ({ configuration }) =>
      configuration.incomingCalls
        ? undefined
        : { resultCode: 3, errorCode: GeneralError.none, why: 'no incoming calls here' },
  },
  {
    name: 'bearer',
    refusal: ({ message: { callBearerType } }) =>
      isWithin(callBearerType, 1, 2) ? undefined : badValue(`bearer type ${callBearerType}`),
  },
  {
    name: 'numbers',
    refusal: ({ message: { dialedNumberLength, dialingNumberLength } }) =>
      Math.max(dialedNumberLength, dialingNumberLength) > 64
        ? badValue('a number of more than 64 digits')
        : undefined,
  },
  { name: 'Call ID', refusal: (request) => takenCallId(request) },
  {
    name: 'channels',
    refusal: ({ calls, configuration }) =>
      calls.length >= configuration.channels
        ? { resultCode: 2, errorCode: GeneralError.noResource, why: 'too many calls' }
        : undefined,
  },
]

/** Returns the first refusal of the checks; undefined where the request is accepted. */
export function refusalOf<N extends 'Outgoing-Call-Request' | 'Incoming-Call-Request'>(
  checks: readonly Check<N>[],
  request: Request<N>,
): Refusal | undefined {
  for (const check of checks) {
    const refusal = check.refusal(request)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/**
 * Finds the call with a peer that has this Call ID of the peer: Call IDs are unique for a pair of
 * PAC and PNS (section 3.2.2).
 */
export function peersCall(calls: readonly Call[], peer: string, peersCallId: number): Call | undefined {
  return calls.find((call) => call.host.peer === peer && call.peersCallId() === peersCallId)
}

function takenCallId({
  message: { callId },
  peer,
  calls,
}: Request<'Outgoing-Call-Request' | 'Incoming-Call-Request'>): Refusal | undefined {
  return peersCall(calls, peer, callId) === undefined ? undefined : badCallId(`Call ID ${callId} is in use`)
}

function isWithin(value: number, least: number, greatest: number): boolean {
  return value >= least && value <= greatest
}
