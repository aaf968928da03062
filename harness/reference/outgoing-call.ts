import { controlMessage } from '../protocol/control.ts'
import { type ControlMessage, GeneralError } from '../protocol/messages.ts'
import { type CallCore, createCall, type Refusal } from './call.ts'
import type { Call, CallHost } from './call-model.ts'
import type { CallRegistry } from './call-registry.ts'
import type { DialOutcome } from './configuration.ts'
import type { Context } from './context.ts'
import { sendClearRequest, sendNotify } from './disconnect.ts'
import type { CallWishes } from './events.ts'
import type { Faults } from './faults.ts'
import { PAC_OUTGOING_TABLE, PNS_OUTGOING_TABLE } from './tables.ts'

type OutgoingCallRequest = ControlMessage<'Outgoing-Call-Request'>

/** Result Codes of section 2.8 for calls that were not answered. */
const FAILURES: Readonly<Record<Exclude<DialOutcome, 'answered'>, number>> = {
  'no-carrier': 3,
  busy: 4,
  'no-dial-tone': 5,
  'time-out': 6,
  'not-accepted': 7,
}

/** Why a request cannot be granted; undefined where it can. */
function refusalOf(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
  request: OutgoingCallRequest,
): Refusal | undefined {
  const { configuration, faults } = context
  const badValue = (why: string): Refusal => ({ resultCode: 2, errorCode: GeneralError.badValue, why })
  if (!configuration.outgoingCalls) return { resultCode: 7, errorCode: 0, why: 'no outgoing calls here' }
  if (outside(request.bearerType, 1, 3) && !faults.has('accepts-bad-bearer'))
    return badValue(`Bearer Type ${request.bearerType}`)
  if (outside(request.framingType, 1, 3) && !faults.has('accepts-bad-framing'))
    return badValue(`Framing Type ${request.framingType}`)
  if (request.bearerType === 1 && faults.has('refuses-analog-bearer')) return badValue('Bearer Type 1')
  if (request.framingType === 2 && faults.has('refuses-synchronous-framing'))
    return badValue('Framing Type 2')
  if (request.bearerType === 2 && faults.has('refuses-digital-bearer')) return badValue('Bearer Type 2')
  if (request.framingType === 1 && faults.has('refuses-asynchronous-framing'))
    return badValue('Framing Type 1')
  if (request.minimumBps > request.maximumBps && !faults.has('accepts-inverted-speeds'))
    return badValue(`Minimum BPS ${request.minimumBps} above Maximum BPS ${request.maximumBps}`)
  if (request.phoneNumberLength > 64 && !faults.has('accepts-long-phone-number'))
    return badValue(`Phone Number Length ${request.phoneNumberLength}`)
  if (request.phoneNumber.length === 64 && faults.has('refuses-full-phone-number'))
    return badValue('Phone Number without an end')
  if (request.callId === 0 && faults.has('refuses-call-id-zero')) return badValue('Call ID 0')
  if (request.callSerialNumber === 0 && faults.has('refuses-serial-number-zero'))
    return badValue('Call Serial Number 0')
  if (request.packetProcessingDelay > 0x7fff && faults.has('refuses-long-delay'))
    return badValue(`Packet Processing Delay ${request.packetProcessingDelay}`)
  if (request.packetRecvWindowSize === 0 && !faults.has('accepts-window-zero'))
    return badValue('Packet Recv. Window Size 0')
  const ours = registry.calls().some((call) => call.ownCallId === request.callId)
  if (ours && faults.has('refuses-equal-call-ids'))
    return { resultCode: 2, errorCode: GeneralError.badCallId, why: `Call ID ${request.callId} is ours` }
  const elsewhere = registry
    .calls()
    .some((call) => call.host.peer !== host.peer && call.peersCallId() === request.callId)
  if (elsewhere && faults.has('refuses-call-id-of-another-peer'))
    return { resultCode: 2, errorCode: GeneralError.badCallId, why: `Call ID ${request.callId} is a peer's` }
  const twin = registry.peersCall(host.peer, request.callId) !== undefined
  if (twin && !faults.has('accepts-duplicate-call-id'))
    return { resultCode: 2, errorCode: GeneralError.badCallId, why: `Call ID ${request.callId} is in use` }
  if (registry.calls().length >= configuration.channels && !faults.has('accepts-beyond-channels'))
    return { resultCode: 2, errorCode: GeneralError.noResource, why: 'all channels are taken' }
  return undefined
}

function speedsReversed(request: OutgoingCallRequest): OutgoingCallRequest {
  return {
    ...request,
    minimumBps: octetsReversed(request.minimumBps),
    maximumBps: octetsReversed(request.maximumBps),
  }
}

function octetsReversed(value: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, value)
  return view.getUint32(0, true)
}

function outside(value: number, least: number, greatest: number): boolean {
  return value < least || value > greatest
}

/** As PAC: takes an Outgoing-Call-Request (section 3.2.4.1). A refused one never becomes a call. */
export function answerOutgoingCall(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
  received: OutgoingCallRequest,
): void {
  const request = context.faults.has('reads-speeds-little-endian') ? speedsReversed(received) : received
  if (request.phoneNumberLength > 64 && context.faults.has('hangs-on-phone-number-length')) {
    host.hang()
    return
  }
  const refusal = refusalOf(context, registry, host, request)
  if (refusal !== undefined) {
    context.log(`Outgoing-Call-Request ${request.callId} refused: ${refusal.why}`)
    const { resultCode, errorCode } = refusal
    // No Call ID: nothing was assigned (interpretation A-40).
    host.send(controlMessage('Outgoing-Call-Reply', { peersCallId: request.callId, resultCode, errorCode }))
    if (
      resultCode === 2 &&
      errorCode === GeneralError.badValue &&
      context.faults.has('bad-call-closes-connection')
    )
      host.giveUp('a bad field')
    return
  }
  const call = createCall(context, registry, host, 'pac-outgoing', PAC_OUTGOING_TABLE, (core) =>
    pacActions(context, core, request),
  )
  call.input('request', request)
}

function pacActions(context: Context, core: CallCore, request: OutgoingCallRequest) {
  const { configuration } = context
  const fail = (resultCode: number) =>
    core.host.send(
      controlMessage('Outgoing-Call-Reply', {
        callId: core.ownCallId,
        peersCallId: request.callId,
        resultCode,
      }),
    )
  return {
    dial() {
      core.learnPeersCallId(request.callId)
      const outcome = () => core.input(configuration.dialOutcome === 'answered' ? 'answer' : 'incomplete')
      if (configuration.dialTime === 0) outcome()
      else context.after(`${core.name}/dial`, configuration.dialTime, outcome)
    },
    'reply-connected'() {
      const { minimumBps, maximumBps, packetRecvWindowSize, packetProcessingDelay } = request
      core.host.send(
        controlMessage('Outgoing-Call-Reply', {
          callId: core.ownCallId,
          peersCallId: request.callId,
          resultCode: 1,
          connectSpeed: Math.min(Math.max(configuration.connectSpeed, minimumBps), maximumBps),
          packetRecvWindowSize: configuration.window,
          packetProcessingDelay: configuration.processingDelay,
          physicalChannelId: core.ownCallId,
        }),
      )
      if (request.bearerType === 1 && context.faults.has('analog-call-three-messages'))
        core.host.send(
          controlMessage('Incoming-Call-Connected', { peersCallId: request.callId, framingType: 1 }),
        )
      core.openTunnel({ peersWindow: packetRecvWindowSize, peersDelay: packetProcessingDelay })
    },
    'reply-failure'() {
      const { dialOutcome } = configuration
      // A dialling attempt that we break off ourselves counts as not accepted.
      fail(dialOutcome === 'answered' ? FAILURES['not-accepted'] : FAILURES[dialOutcome])
    },
    'notify-requested': () => sendNotify(core, 4),
    'notify-administrative': () => sendNotify(core, 3),
    'notify-carrier-lost': () => sendNotify(core, 1),
  }
}

/** As PNS: asks for an outgoing call (section 3.2.4.2). */
export function placeOutgoingCall(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
  wishes: CallWishes = {},
): Call {
  const call = createCall(context, registry, host, 'pns-outgoing', PNS_OUTGOING_TABLE, (core) =>
    pnsActions(context, registry, core, wishes),
  )
  call.input('open')
  return call
}

/** Faults that make something of values which have to be let pass. */
function takesForBad(
  { callId, packetProcessingDelay, physicalChannelId }: ControlMessage<'Outgoing-Call-Reply'>,
  { ownCallId }: CallCore,
  faults: Faults,
): boolean {
  if (callId === 0 && faults.has('call-reply-refuses-id-zero')) return true
  if (callId === ownCallId && faults.has('call-reply-refuses-equal-id')) return true
  if (packetProcessingDelay > 0x7fff && faults.has('call-reply-refuses-long-delay')) return true
  return physicalChannelId === 0xffff && faults.has('call-reply-heeds-channel')
}

function pnsActions(
  context: Context,
  registry: CallRegistry,
  core: CallCore,
  { phoneNumber = '', window, secret }: CallWishes,
) {
  const { configuration, faults } = context
  const adopt = (message: ControlMessage | undefined) => {
    if (message?.name === 'Outgoing-Call-Reply') core.learnPeersCallId(message.callId)
  }
  return {
    'send-outgoing-request'() {
      core.host.send(
        controlMessage('Outgoing-Call-Request', {
          callId: core.ownCallId,
          callSerialNumber: faults.has('call-serial-number-repeats') ? 1 : core.ownCallId,
          minimumBps: 300,
          maximumBps: 100_000_000,
          bearerType: 3,
          framingType: 3,
          packetRecvWindowSize: window ?? configuration.window,
          packetProcessingDelay: configuration.processingDelay,
          phoneNumberLength: phoneNumber.length,
          phoneNumber,
        }),
      )
      if (faults.has('data-before-call-reply')) core.openTunnel({ peersWindow: 1, peersDelay: 0 })
    },
    connect(message: ControlMessage | undefined) {
      if (message?.name !== 'Outgoing-Call-Reply') return
      if (
        registry.peersCall(core.host.peer, message.callId) !== undefined &&
        faults.has('drop-keeps-call-ids')
      ) {
        core.input('local-terminate')
        return
      }
      adopt(message)
      if (takesForBad(message, core, faults)) {
        core.input('local-terminate')
        return
      }
      core.openTunnel({
        peersWindow: message.packetRecvWindowSize,
        peersDelay: message.packetProcessingDelay,
        ownWindow: window,
        secret,
      })
    },
    'adopt-late-reply': adopt,
    release(message: ControlMessage | undefined) {
      if (message?.name !== 'Outgoing-Call-Reply' || !faults.has('uses-refused-call')) return
      adopt(message)
      core.openTunnel({ peersWindow: 1, peersDelay: 0 })
    },
    'send-clear-request': () => sendClearRequest(core),
  }
}
