import { controlMessage, type DecodedMessage, type UnrecognizedMessage } from '../protocol/control.ts'
import { type ControlMessage, GeneralError, PptpMessageType } from '../protocol/messages.ts'
import { readUint32 } from '../protocol/octets.ts'
import type { Configuration } from './configuration.ts'
import type { FollowUp } from './events.ts'

/**
 * Returns the fields that both start messages have.
 * @param asPac false if we only place calls: then Maximum Channels is 0.
 */
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
 * Makes the reply with Error Code 1 to a message that comes before the connection is established
 * (interpretation A-37). Undefined for a message without a reply.
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
 * Makes the Echo-Reply with Bad-Format to an Echo-Request of a wrong size. Octets of the Identifier
 * that did not come are 0.
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
