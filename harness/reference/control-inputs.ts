import type { DecodedMessage } from '../protocol/control.ts'
import type { ControlMessage } from '../protocol/messages.ts'
import type { Context } from './context.ts'
import type { OtherConnection } from './peers.ts'
import type { ControlInput, ControlState } from './tables.ts'

/** What decides which input a message is. */
export interface Classified {
  readonly context: Context
  readonly state: ControlState
  /** Addresses of both ends, dotted IPv4. */
  readonly local: string
  readonly peer: string
  /** The other connections with the same peer. */
  others(): readonly OtherConnection[]
  /** Identifier of our Echo-Request that is not yet answered. */
  readonly echoing: number | undefined
}

/** Returns the input of the tables of section 3.1 that a message is. */
export function inputOf(message: DecodedMessage, about: Classified): ControlInput {
  const { context, state, echoing } = about
  switch (message.name) {
    case 'unrecognized':
      return message.claims === 'Echo-Request' && state === 'established'
        ? 'malformed-echo-request'
        : 'malformed'
    case 'Start-Control-Connection-Request':
      return startRequest(message, about)
    case 'Start-Control-Connection-Reply':
      return startReply(message, about)
    case 'Stop-Control-Connection-Request':
      return 'stop-request'
    case 'Stop-Control-Connection-Reply':
      return 'stop-reply'
    case 'Echo-Request':
      return 'echo-request'
    case 'Echo-Reply':
      return context.policy.answersEcho(message.identifier, echoing) ? 'echo-reply' : 'echo-reply-unasked'
    case 'Outgoing-Call-Request':
    case 'Incoming-Call-Request':
      return 'call-request'
    default:
      return 'call-message'
  }
}

function startRequest(
  { protocolVersion }: ControlMessage<'Start-Control-Connection-Request'>,
  { context, state, local, peer, ...about }: Classified,
): ControlInput {
  const { configuration, policy } = context
  if (state !== 'idle') return 'start-request'
  if (!policy.supportsVersion(protocolVersion)) return 'start-request-older-version'
  const others = about.others()
  // Section 3.1.3.
  const isColliding = others.some((one) => one.originator && one.state() === 'wait-ctl-reply')
  if (isColliding && policy.winsCollision(local, peer)) return 'start-request-collision-won'
  const isPaired = others.some((one) => one.state() === 'established' || one.state() === 'wait-stop-reply')
  return isPaired && configuration.connectionsPerPeer === 'one' ? 'start-request-same-pair' : 'start-request'
}

function startReply(
  reply: ControlMessage<'Start-Control-Connection-Reply'>,
  { context, state }: Classified,
): ControlInput {
  return state === 'wait-ctl-reply'
    ? `start-reply-${context.policy.startOutcome(reply)}`
    : 'start-reply-accepted'
}
