import { controlMessage } from '../protocol/control.ts'
import { type ControlMessage, GeneralError } from '../protocol/messages.ts'
import { type CallCore, createCall, type Refusal } from './call.ts'
import type { Call, CallHost } from './call-model.ts'
import type { CallRegistry } from './call-registry.ts'
import type { Context } from './context.ts'
import { sendClearRequest, sendNotify } from './disconnect.ts'
import { PAC_INCOMING_TABLE, PNS_INCOMING_TABLE } from './tables.ts'

type IncomingCallRequest = ControlMessage<'Incoming-Call-Request'>

/** Why a call cannot be accepted; undefined where it can. */
function refusalOf(
  { configuration, faults }: Context,
  registry: CallRegistry,
  host: CallHost,
  request: IncomingCallRequest,
): Refusal | undefined {
  const badValue = (why: string): Refusal => ({ resultCode: 2, errorCode: GeneralError.badValue, why })
  if (!configuration.incomingCalls) return { resultCode: 3, errorCode: 0, why: 'no incoming calls here' }
  const { callBearerType, dialedNumberLength, dialingNumberLength } = request
  if ((callBearerType < 1 || callBearerType > 2) && !faults.has('incoming-accepts-bad-bearer'))
    return badValue(`bearer type ${callBearerType}`)
  if (dialedNumberLength > 64 || dialingNumberLength > 64) return badValue('a number of more than 64 digits')
  if (request.callId === 0 && faults.has('incoming-refuses-call-id-zero')) return badValue('Call ID 0')
  const full = [request.dialedNumber, request.dialingNumber].some((number) => number.length === 64)
  if (full && faults.has('incoming-refuses-full-numbers')) return badValue('a number without an end')
  if (registry.peersCall(host.peer, request.callId) !== undefined)
    return { resultCode: 2, errorCode: GeneralError.badCallId, why: `Call ID ${request.callId} is in use` }
  if (registry.calls().length >= configuration.channels)
    return { resultCode: 2, errorCode: GeneralError.noResource, why: 'too many calls' }
  return undefined
}

/** As PNS: takes an Incoming-Call-Request (section 3.2.3.2). A refused one never becomes a call. */
export function answerIncomingCall(
  context: Context,
  registry: CallRegistry,
  host: CallHost,
  request: IncomingCallRequest,
): void {
  if (context.faults.has('incoming-call-drops-connection')) {
    host.giveUp('an Incoming-Call-Request')
    return
  }
  if (request.dialedNumberLength > 64 && context.faults.has('incoming-hangs-on-number-length')) {
    host.hang()
    return
  }
  const refusal = refusalOf(context, registry, host, request)
  if (refusal !== undefined && !context.faults.has('incoming-connects-refused')) {
    const { resultCode, errorCode, why } = refusal
    context.log(`Incoming-Call-Request ${request.callId} refused: ${why}`)
    host.send(controlMessage('Incoming-Call-Reply', { peersCallId: request.callId, resultCode, errorCode }))
    return
  }
  createCall(context, registry, host, 'pns-incoming', PNS_INCOMING_TABLE, (core) =>
    pnsActions(context, core, request, refusal),
  ).input('request', request)
}

/** `refusal`: what a mutant says although it goes on with the call. */
function pnsActions(
  context: Context,
  core: CallCore,
  request: IncomingCallRequest,
  refusal: Refusal | undefined,
) {
  const { configuration, faults } = context
  return {
    'reply-accept'() {
      core.learnPeersCallId(request.callId)
      core.host.send(
        controlMessage('Incoming-Call-Reply', {
          callId: core.ownCallId,
          peersCallId: request.callId,
          resultCode: refusal?.resultCode ?? 1,
          errorCode: refusal?.errorCode ?? 0,
          packetRecvWindowSize: configuration.window,
          packetTransmitDelay: configuration.processingDelay,
        }),
      )
      if (faults.has('incoming-tunnel-before-connected')) core.openTunnel({ peersWindow: 1, peersDelay: 0 })
    },
    connect(message: ControlMessage | undefined) {
      if (message?.name !== 'Incoming-Call-Connected') return
      core.openTunnel({
        peersWindow: message.packetRecvWindowSize,
        peersDelay: message.packetTransmitDelay,
      })
    },
    'send-clear-request': () => sendClearRequest(core),
  }
}

/** As PAC: a line rings; offers the call to the PNS (section 3.2.3.1). */
export function offerIncomingCall(context: Context, registry: CallRegistry, host: CallHost): Call {
  const call = createCall(context, registry, host, 'pac-incoming', PAC_INCOMING_TABLE, (core) =>
    pacActions(context, core),
  )
  call.input('ring')
  return call
}

function pacActions({ configuration }: Context, core: CallCore) {
  return {
    'send-incoming-request'() {
      core.host.send(
        controlMessage('Incoming-Call-Request', {
          callId: core.ownCallId,
          callSerialNumber: core.ownCallId,
          callBearerType: 2,
          physicalChannelId: core.ownCallId,
        }),
      )
    },
    'send-connected'(message: ControlMessage | undefined) {
      if (message?.name !== 'Incoming-Call-Reply') return
      core.learnPeersCallId(message.callId)
      core.host.send(
        controlMessage('Incoming-Call-Connected', {
          peersCallId: message.callId,
          connectSpeed: configuration.connectSpeed,
          packetRecvWindowSize: configuration.window,
          packetTransmitDelay: configuration.processingDelay,
          framingType: 1,
        }),
      )
      core.openTunnel({
        peersWindow: message.packetRecvWindowSize,
        peersDelay: message.packetTransmitDelay,
      })
    },
    'notify-requested': () => sendNotify(core, 4),
    'notify-administrative': () => sendNotify(core, 3),
    'notify-carrier-lost': () => sendNotify(core, 1),
  }
}
