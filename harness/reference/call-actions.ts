import { controlMessage } from '../protocol/control.ts'
import type { CallAct, CallEffects } from './call-effects.ts'
import { AS_PNS } from './call-policy.ts'
import type { DialOutcome } from './configuration.ts'
import type { CallAction, CallRole } from './tables.ts'

type Actions = Readonly<Partial<Record<CallAction, CallAct>>>

/** The Result Codes of section 2.8 for a call that the called party did not answer. */
const FAILURES: Readonly<Record<Exclude<DialOutcome, 'answered'>, number>> = {
  'no-carrier': 3,
  busy: 4,
  'no-dial-tone': 5,
  'time-out': 6,
  'not-accepted': 7,
}

/** As PAC: sends Call-Disconnect-Notify (section 2.13) with our Call ID (interpretation A-03). */
function notify({ host, policy, call, peersCallId }: CallEffects, resultCode: 1 | 3 | 4): void {
  const ids = { own: call.ownCallId, peers: peersCallId() }
  const callId = policy.callIdIn('Call-Disconnect-Notify', ids)
  host.send(controlMessage('Call-Disconnect-Notify', { callId, resultCode }))
}

const BOTH: Actions = {
  'give-connection-up'({ configuration, host, call, name }, { role, state }) {
    if (configuration.clearsOverdueCalls && AS_PNS.has(role) && state !== 'wait-disconnect')
      host.send(controlMessage('Call-Clear-Request', { callId: call.ownCallId }))
    host.giveUp(`${name}: a minute without a transition`)
  },
}

const PAC: Actions = {
  ...BOTH,
  'notify-requested': (does) => notify(does, 4),
  'notify-administrative': (does) => notify(does, 3),
  'notify-carrier-lost': (does) => notify(does, 1),
}

const PNS: Actions = {
  ...BOTH,
  // With our Call ID (section 2.12).
  'send-clear-request': ({ host, call }) =>
    host.send(controlMessage('Call-Clear-Request', { callId: call.ownCallId })),
}

/** Actions of a PAC for outgoing calls (section 3.2.4.1). */
const PAC_OUTGOING: Actions = {
  ...PAC,
  'reply-error'(does, { request, refusal }) {
    if (request?.name !== 'Outgoing-Call-Request' || refusal === undefined) return
    const { resultCode, errorCode, why } = refusal
    does.log(`Outgoing-Call-Request ${request.callId} refused: ${why}`)
    does.host.send(
      controlMessage('Outgoing-Call-Reply', { peersCallId: request.callId, resultCode, errorCode }),
    )
  },
  dial(does, { request }) {
    const { dialTime, dialOutcome } = does.configuration
    does.learnPeersCallId(request?.callId ?? 0)
    const outcome = () => does.call.input(dialOutcome === 'answered' ? 'answer' : 'incomplete')
    if (dialTime === 0) outcome()
    else does.later('dial', dialTime, outcome)
  },
  'reply-connected'(does, { request }) {
    if (request?.name !== 'Outgoing-Call-Request') return
    const { configuration, host, call } = does
    const { minimumBps, maximumBps, packetRecvWindowSize, packetProcessingDelay } = request
    host.send(
      controlMessage('Outgoing-Call-Reply', {
        callId: call.ownCallId,
        peersCallId: request.callId,
        resultCode: 1,
        connectSpeed: Math.min(Math.max(configuration.connectSpeed, minimumBps), maximumBps),
        packetRecvWindowSize: configuration.window,
        packetProcessingDelay: configuration.processingDelay,
        physicalChannelId: call.ownCallId,
      }),
    )
    does.openSession({ peersWindow: packetRecvWindowSize, peersDelay: packetProcessingDelay })
  },
  'reply-failure'({ configuration: { dialOutcome }, host, call, peersCallId }) {
    host.send(
      controlMessage('Outgoing-Call-Reply', {
        callId: call.ownCallId,
        peersCallId: peersCallId(),
        // We broke the dialling off ourselves: Result Code 7.
        resultCode: FAILURES[dialOutcome === 'answered' ? 'not-accepted' : dialOutcome],
      }),
    )
  },
}

const adoptReply: CallAct = (does, { message }) => {
  if (message?.name === 'Outgoing-Call-Reply') does.learnPeersCallId(message.callId)
}

/** Actions of a PNS for outgoing calls (section 3.2.4.2). */
const PNS_OUTGOING: Actions = {
  ...PNS,
  'send-outgoing-request'({ configuration, policy, host, call }, { parameters = {} }) {
    const { phoneNumber = '', window = configuration.window } = parameters
    host.send(
      controlMessage('Outgoing-Call-Request', {
        callId: call.ownCallId,
        callSerialNumber: policy.serialNumber(call.ownCallId),
        minimumBps: 300,
        maximumBps: 100_000_000,
        bearerType: 3,
        framingType: 3,
        packetRecvWindowSize: window,
        packetProcessingDelay: configuration.processingDelay,
        phoneNumberLength: phoneNumber.length,
        phoneNumber,
      }),
    )
  },
  connect(does, occasion) {
    const { message } = occasion
    if (message?.name !== 'Outgoing-Call-Reply') return
    adoptReply(does, occasion)
    if (does.policy.acceptsCallReply(message, does.call))
      does.openSession({
        peersWindow: message.packetRecvWindowSize,
        peersDelay: message.packetProcessingDelay,
      })
    else does.call.input('local-terminate')
  },
  'adopt-late-reply': adoptReply,
}

/** Actions of a PAC for incoming calls (section 3.2.3.1). */
const PAC_INCOMING: Actions = {
  ...PAC,
  'send-incoming-request': ({ host, call: { ownCallId } }) =>
    host.send(
      controlMessage('Incoming-Call-Request', {
        callId: ownCallId,
        callSerialNumber: ownCallId,
        callBearerType: 2,
        physicalChannelId: ownCallId,
      }),
    ),
  'send-connected'(does, { message }) {
    if (message?.name !== 'Incoming-Call-Reply') return
    const { configuration, host } = does
    does.learnPeersCallId(message.callId)
    host.send(
      controlMessage('Incoming-Call-Connected', {
        peersCallId: message.callId,
        connectSpeed: configuration.connectSpeed,
        packetRecvWindowSize: configuration.window,
        packetTransmitDelay: configuration.processingDelay,
        framingType: 1,
      }),
    )
    does.openSession({
      peersWindow: message.packetRecvWindowSize,
      peersDelay: message.packetTransmitDelay,
    })
  },
}

/** Actions of a PNS for incoming calls (section 3.2.3.2). */
const PNS_INCOMING: Actions = {
  ...PNS,
  'reply-error'(does, { request, refusal }) {
    if (request?.name !== 'Incoming-Call-Request' || refusal === undefined) return
    const { resultCode, errorCode, why } = refusal
    does.log(`Incoming-Call-Request ${request.callId} refused: ${why}`)
    does.host.send(
      controlMessage('Incoming-Call-Reply', { peersCallId: request.callId, resultCode, errorCode }),
    )
  },
  'reply-accept'(does, { request }) {
    if (request === undefined) return
    const { configuration, host, call } = does
    does.learnPeersCallId(request.callId)
    host.send(
      controlMessage('Incoming-Call-Reply', {
        callId: call.ownCallId,
        peersCallId: request.callId,
        resultCode: 1,
        packetRecvWindowSize: configuration.window,
        packetTransmitDelay: configuration.processingDelay,
      }),
    )
  },
  connect(does, { message }) {
    if (message?.name !== 'Incoming-Call-Connected') return
    does.openSession({
      peersWindow: message.packetRecvWindowSize,
      peersDelay: message.packetTransmitDelay,
    })
  },
}

/** The actions of the call tables, by role. `release` is absent: the machine itself releases. */
export const CALL_ACTIONS: Readonly<Record<CallRole, Actions>> = {
  'pac-outgoing': PAC_OUTGOING,
  'pns-outgoing': PNS_OUTGOING,
  'pac-incoming': PAC_INCOMING,
  'pns-incoming': PNS_INCOMING,
}
