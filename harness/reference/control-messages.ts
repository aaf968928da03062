import { controlMessage, type DecodedMessage, type UnrecognizedMessage } from '../protocol/control.ts'
import { type ControlMessage, GeneralError, PptpMessageType } from '../protocol/messages.ts'
import { readUint32 } from '../protocol/octets.ts'
import type { Configuration } from './configuration.ts'
import type { FollowUp } from './events.ts'

/** What both start messages say of their sender; one that only calls is no PAC. */
function capabilities(configuration: Configuration, asPac: boolean) {
  return {
    framingCapabilities: 3,
    bearerCapabilities: 3,
    maximumChannels: asPac && configuration.outgoingCalls ? configuration.channels : 0,
    firmwareRevision: configuration.firmwareRevision,
    hostName: configuration.hostName,
    vendorName: configuration.vendorName,
  }
}

export function startRequest(
  configuration: Configuration,
  next: FollowUp,
): ControlMessage<'Start-Control-Connection-Request'> {
  return controlMessage(
    'Start-Control-Connection-Request',
    capabilities(configuration, next !== 'outgoing-call'),
  )
}

export function startReply(
  configuration: Configuration,
  values: Partial<ControlMessage<'Start-Control-Connection-Reply'>>,
): ControlMessage<'Start-Control-Connection-Reply'> {
  return controlMessage('Start-Control-Connection-Reply', { ...capabilities(configuration, true), ...values })
}

/**
 * Error 1: no control connection yet (interpretation A-37). Undefined for what is not answered.
 */
export function notConnected(message: DecodedMessage | undefined): ControlMessage | undefined {
  const error = { resultCode: 2, errorCode: GeneralError.notConnected }
  switch (message?.name) {
    case 'Echo-Request':
      return controlMessage('Echo-Reply', { identifier: message.identifier, ...error })
    case 'Stop-Control-Connection-Request':
      return controlMessage('Stop-Control-Connection-Reply', error)
    case 'Outgoing-Call-Request':
      return controlMessage('Outgoing-Call-Reply', { peersCallId: message.callId, ...error })
    case 'Incoming-Call-Request':
      return controlMessage('Incoming-Call-Reply', { peersCallId: message.callId, ...error })
    default:
      return undefined
  }
}

/**
 * Says what is wrong with an Echo-Request of another size than it has to have, as far as its
 * Identifier came.
 */
export function badFormat({ pptpMessageType, body }: UnrecognizedMessage): ControlMessage<'Echo-Reply'> {
  const field = new Uint8Array(4)
  if (pptpMessageType === PptpMessageType.control) field.set(body.subarray(0, field.length))
  return controlMessage('Echo-Reply', {
    identifier: readUint32(field, 0),
    resultCode: 2,
    errorCode: GeneralError.badFormat,
  })
}
