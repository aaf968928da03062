import { controlMessage } from '../../../protocol/control.ts'
import { type ControlMessage, GeneralError, PptpMessageType } from '../../../protocol/messages.ts'
import { startReply } from '../../control-messages.ts'
import type { ControlAct, ControlOccasion } from '../../control-model.ts'
import { NO_CALL_PLACED } from '../consequences.ts'
import type { Fault } from '../fault.ts'
import { controlArcs } from './arcs.ts'

const isStartRequest =
  (when: (request: ControlMessage<'Start-Control-Connection-Request'>) => boolean) =>
  ({ message }: ControlOccasion): boolean =>
    message?.name === 'Start-Control-Connection-Request' && when(message)

/** Refuses a start request because of a field whose value must not matter. */
const refusesStart = (when: (request: ControlMessage<'Start-Control-Connection-Request'>) => boolean) =>
  controlArcs({
    from: 'idle',
    input: 'start-request',
    when: isStartRequest(when),
    action(does) {
      does.send(startReply(does.configuration, { resultCode: 2, errorCode: GeneralError.badValue }))
      does.close('a field that ought not to matter')
    },
    to: 'closed',
  })

const isUnrecognized =
  (when: (claims: { readonly isControl: boolean; readonly hasType: boolean }) => boolean) =>
  ({ message }: ControlOccasion): boolean =>
    message?.name === 'unrecognized' &&
    when({
      isControl: message.pptpMessageType === PptpMessageType.control,
      hasType: message.claims !== undefined,
    })

const logsOnly: ControlAct = (does, { why }) => does.log(`ignored: ${why}`)
const stopReply = (values: Partial<ControlMessage<'Stop-Control-Connection-Reply'>>) =>
  controlMessage('Stop-Control-Connection-Reply', values)

/** Ends all calls, as the reference does on a stop request. */
const endCalls: ControlAct = ({ calls, configuration }, { end }) => {
  if (end === 'originator' && configuration.clearsBeforeStop) calls.clear()
  calls.end('connection-stopped')
}

const MALFORMED = ['malformed', 'malformed-echo-request'] as const

/** Faults in the arcs of control connections (section 3.1). */
export const CONTROL_CONNECTION_FAULTS = {
  // Malformed and unexpected messages
  'answers-before-closing': {
    title: 'Sends a start reply before it closes on a wrong Magic Cookie or Length',
    section: '1.4',
    breaks: ['1.4/loss-of-synchronization-closes'],
    consequences: ['1.4/no-resynchronization'],
    instead: controlArcs({
      input: 'out-of-step',
      action(does, { why }) {
        does.send(startReply(does.configuration, { resultCode: 2, errorCode: GeneralError.badFormat }))
        does.close(why)
      },
      to: 'closed',
    }),
  },
  'ignores-wrong-size': {
    title: 'Ignores a message whose Length is not that of its type, and goes on',
    section: '3',
    breaks: ['2.16/bad-format'],
    instead: controlArcs({
      input: MALFORMED,
      when: isUnrecognized(({ isControl, hasType }) => isControl && hasType),
      action: logsOnly,
    }),
  },
  'ignores-management-messages': {
    title: 'Ignores a message with PPTP Message Type 2, and goes on',
    section: '3',
    breaks: ['1.4/management-messages-undefined', '1.4/message-types'],
    instead: controlArcs({
      input: MALFORMED,
      when: isUnrecognized(({ isControl }) => !isControl),
      action: logsOnly,
    }),
  },
  'unknown-type-answered': {
    title: 'Answers an undefined Control Message Type with an Echo-Reply that reports success',
    section: '3',
    breaks: ['1.4/undefined-codes-received', '3/invalid-message'],
    instead: controlArcs({
      input: MALFORMED,
      when: isUnrecognized(({ isControl, hasType }) => isControl && !hasType),
      action: (does) => does.send(controlMessage('Echo-Reply', { resultCode: 1 })),
    }),
  },
  'ignores-unknown-type': {
    title: 'Ignores a message with an undefined Control Message Type, and goes on',
    section: '3',
    breaks: ['3/invalid-message'],
    instead: controlArcs({
      input: MALFORMED,
      when: isUnrecognized(({ isControl, hasType }) => isControl && !hasType),
      action: logsOnly,
    }),
  },
  'hangs-on-unexpected': {
    title: 'Ignores every message after one that does not fit the state of its connection or call',
    section: '3',
    breaks: ['3/unexpected-message'],
    consequences: [
      '2.8/peers-call-id-matched',
      '2.12/unknown-call',
      '2.13/call-id-matched',
      '2.15/unknown-call',
      '3.1.2/local-termination-stops',
      '3.1.4/keep-alive-answered',
    ],
    instead: {
      controlStep: (usual, { state }) => usual ?? { action: (does) => does.hang(), to: state },
      callStep: (usual, { state, message }) =>
        usual === undefined && message !== undefined
          ? { action: ({ host }) => host.hang(), to: state }
          : usual,
      dispatcherStep: (usual, { named }) =>
        usual?.action === 'log' ? { action: (_, { host }) => host.hang(), to: named } : usual,
    },
  },
  'bad-start-ends-listening': {
    title: 'Stops listening when a connection begins with a wrong Magic Cookie or Length',
    section: '3.1.2',
    breaks: ['3.1.2/listens'],
    consequences: ['3/accepts-again'],
    instead: controlArcs({
      from: 'idle',
      input: 'out-of-step',
      action(does, { why }) {
        does.stopListening()
        does.close(why)
      },
      to: 'closed',
    }),
  },
  // Starting, as recipient
  'keeps-open-after-version-refusal': {
    title: 'Refuses an earlier version and leaves the connection open',
    section: '3.1.2',
    breaks: ['3.1.2/earlier-version-closes'],
    instead: controlArcs({
      from: 'idle',
      input: 'start-request-older-version',
      action: (does) => does.send(startReply(does.configuration, { resultCode: 5 })),
      to: 'idle',
    }),
  },
  'version-refusal-establishes': {
    title: 'Refuses an earlier version and treats the connection as established',
    section: '3.1.2',
    breaks: ['3.1.2/earlier-version-closes', '3.1.2/earlier-version-idle'],
    consequences: ['1.3.1/control-first', '2.1/established-first', '2.1/nothing-before-start'],
    instead: controlArcs({
      from: 'idle',
      input: 'start-request-older-version',
      action: (does) => does.send(startReply(does.configuration, { resultCode: 5 })),
      to: 'established',
    }),
  },
  'second-start-succeeds': {
    title: 'Answers a second start request with success',
    section: '2.2',
    breaks: ['3.1.2/start-when-established'],
    instead: controlArcs({
      from: 'established',
      input: ['start-request', 'start-request-older-version'],
      action: (does) => does.send(startReply(does.configuration, { resultCode: 1 })),
    }),
  },
  'second-start-ignored': {
    title: 'Ignores a second start request',
    section: '2.2',
    breaks: ['3.1.2/start-when-established'],
    instead: controlArcs({
      from: 'established',
      input: ['start-request', 'start-request-older-version'],
    }),
  },
  'accepts-second-connection': {
    title: 'Accepts a second control connection from the same address',
    section: '3.1.3',
    breaks: ['3.1.3/one-connection'],
    instead: controlArcs({
      from: 'idle',
      input: 'start-request-same-pair',
      action: 'accept',
      to: 'established',
    }),
  },
  'accepts-before-start': {
    title: 'Handles an Outgoing-Call-Request before the connection is established',
    section: '2.1',
    breaks: ['1.3.1/control-first', '2.1/established-first'],
    consequences: ['3.1.1/nothing-before-reply'],
    instead: controlArcs({
      from: ['idle', 'wait-ctl-reply'],
      input: 'call-request',
      when: ({ message }) => message?.name === 'Outgoing-Call-Request',
      action: 'handle-call',
    }),
  },
  'echo-succeeds-before-start': {
    title: 'Answers Echo-Request with success before the connection is established',
    section: '2.1',
    breaks: ['2.1/established-first'],
    consequences: ['3.1.1/nothing-before-reply'],
    instead: controlArcs({
      from: ['idle', 'wait-ctl-reply'],
      input: 'echo-request',
      action: 'answer-echo',
    }),
  },
  'refuses-full-names': {
    title: 'Refuses a start request whose Host Name or Vendor Name has all 64 characters',
    section: '2.1',
    breaks: ['2.1/names-any'],
    instead: refusesStart(({ hostName, vendorName }) => Math.max(hostName.length, vendorName.length) === 64),
  },
  'heeds-maximum-channels': {
    title: 'Refuses a start request whose Maximum Channels is not 0',
    section: '2.1',
    breaks: ['2.1/maximum-channels-ignored'],
    instead: refusesStart(({ maximumChannels }) => maximumChannels > 0),
  },
  'refuses-no-capabilities': {
    title: 'Refuses a start request without framing or bearer capabilities',
    section: '2.1',
    breaks: ['2.1/capabilities-any'],
    instead: refusesStart(
      ({ framingCapabilities, bearerCapabilities }) => framingCapabilities === 0 || bearerCapabilities === 0,
    ),
  },
  'refuses-firmware-revision': {
    title: 'Refuses a start request whose Firmware Revision is 0',
    section: '2.1',
    breaks: ['2.1/firmware-revision-any'],
    instead: refusesStart(({ firmwareRevision }) => firmwareRevision === 0),
  },
  'stop-before-start': {
    title: 'Sends a stop request and closes when no start request comes within 60 s',
    section: '3.1.2',
    breaks: ['3.1.2/nothing-before-request'],
    consequences: ['2.1/nothing-before-start'],
    instead: controlArcs({
      from: 'idle',
      input: 'reply-overdue',
      action(does, { why }) {
        does.send(controlMessage('Stop-Control-Connection-Request', { reason: 1 }))
        does.close(why)
      },
      to: 'closed',
    }),
  },
  // Starting, as originator
  'call-before-start-reply': {
    title: 'Sends its call request before the start reply comes',
    section: '2.1',
    iut: 'originator',
    breaks: ['2.1/nothing-before-start'],
    consequences: NO_CALL_PLACED,
    instead: controlArcs({
      from: 'idle',
      input: 'tcp-open',
      when: ({ intention }) => intention.next !== 'nothing',
      action(does) {
        does.requestStart()
        does.followUp()
      },
      to: 'wait-ctl-reply',
    }),
  },
  'start-request-repeated': {
    title: 'Sends its start request again when no reply comes within 60 s',
    section: '2.1',
    iut: 'originator',
    breaks: ['2.1/one-request'],
    consequences: ['3.1.4/reply-awaited', '3/no-retransmission'],
    instead() {
      const repeated = new Set<string>()
      return {
        controlStep(usual, { state, input, connection }) {
          if (state !== 'wait-ctl-reply' || input !== 'reply-overdue' || repeated.has(connection))
            return usual
          repeated.add(connection)
          return { action: 'send-start-request', to: state }
        },
      }
    },
  },
  'start-reply-channels-tracked': {
    title: 'Places no call if the start reply has Maximum Channels 0',
    section: '2.2',
    iut: 'originator',
    breaks: ['2.2/maximum-channels-not-tracked'],
    consequences: ['5/control-unauthenticated'],
    instead: controlArcs({
      from: 'wait-ctl-reply',
      input: 'start-reply-accepted',
      when: ({ message }) =>
        message?.name === 'Start-Control-Connection-Reply' && message.maximumChannels === 0,
      action: (does) => does.establish(),
      to: 'established',
    }),
  },
  'version-mismatch-without-stop': {
    title: 'Closes without a stop request on a start reply with another version',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/earlier-version-stops'],
    instead: controlArcs({
      from: 'wait-ctl-reply',
      input: 'start-reply-version-unsupported',
      action: (does) => does.close('version'),
      to: 'closed',
    }),
  },
  'stop-version-wrong-reason': {
    title: 'Sends its stop request with Reason 3 on a start reply with another version',
    section: '2.3',
    iut: 'originator',
    breaks: ['2.3/reason-stop-protocol'],
    instead: controlArcs({
      from: 'wait-ctl-reply',
      input: 'start-reply-version-unsupported',
      action: (does) => does.requestStop(3),
      to: 'wait-stop-reply',
    }),
  },
  'stop-version-goes-on': {
    title: 'Sends an Echo-Request after its stop request on a start reply with another version',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/earlier-version-waits'],
    consequences: ['3/reply-time-out'],
    instead: controlArcs({
      from: 'wait-ctl-reply',
      input: 'start-reply-version-unsupported',
      action(does, occasion) {
        does.perform('send-stop-version', occasion)
        does.send(controlMessage('Echo-Request', { identifier: 1 }))
      },
      to: 'wait-stop-reply',
    }),
  },
  // Collisions
  'collision-answers-loser': {
    title: "As winner of a collision, accepts the start request on the peer's connection",
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/winner-silent'],
    consequences: ['3.1.3/comparison', '3.1.3/winner', '3.1.3/winner-waits-for-reply'],
    instead: controlArcs({
      from: 'idle',
      input: 'start-request-collision-won',
      action: 'accept',
      to: 'established',
    }),
  },
  'collision-winner-closes': {
    title: "As winner of a collision, closes the peer's connection",
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/winner-waits-for-close'],
    instead: controlArcs({
      from: 'idle',
      input: 'start-request-collision-won',
      action: 'close',
      to: 'closed',
    }),
  },
  'collision-winner-gives-up': {
    title: 'As winner of a collision, closes its own connection',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/winner-waits-for-reply'],
    consequences: ['3.1.3/comparison', '3.1.3/winner'],
    instead: controlArcs({
      from: 'idle',
      input: 'start-request-collision-won',
      action: (does) => does.loseCollisions(),
    }),
  },
  'collision-loser-stays': {
    title: 'As loser of a collision, keeps its own connection',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/loser-closes'],
    consequences: ['3.1.1/collision-checked', '3.1.3/collision-detected', '3.1.3/winner'],
    instead: controlArcs({ input: 'collision-lost' }),
  },
  'collision-loser-stops': {
    title: 'As loser of a collision, sends a stop request before it closes',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/loser-silent'],
    instead: controlArcs({
      input: 'collision-lost',
      action(does, { why }) {
        does.send(controlMessage('Stop-Control-Connection-Request', { reason: 1 }))
        does.close(why)
      },
      to: 'closed',
    }),
  },
  // Keep alive
  'keep-alive-overlooks-messages': {
    title: 'Closes on the first message or silence once the connection has been established for 90 s',
    section: '3.1.4',
    breaks: ['3.1.4/keep-alive-counts-messages'],
    consequences: ['1.3.1/keep-alive', '3.1.2/local-termination-stops', '3.1.4/keep-alive-answered'],
    instead: controlArcs({
      from: 'established',
      input: ['echo-request', 'echo-reply', 'call-request', 'call-message', 'start-request', 'silence'],
      when: ({ age = 0 }) => age >= 90_000,
      action: (does) => does.close('a connection as old as that'),
      to: 'closed',
    }),
  },
  // Stopping
  'stop-no-reply': {
    title: 'Ignores Stop-Control-Connection-Request',
    section: '2.4',
    breaks: ['2.4/sent-in-reply', '3.1.1/stop-answered'],
    consequences: [
      '2.3/calls-cleared',
      '2.3/reason-local-shutdown-received',
      '2.3/reason-none-received',
      '2.3/reason-stop-protocol-received',
      '2.3/reason-undefined-received',
      '3.1.1/stop-reply-delivered',
      '3.1.1/stop-requests-cross',
    ],
    instead: controlArcs({ input: 'stop-request', when: ({ state }) => state !== 'idle' }),
  },
  'ignores-stop-with-other-reasons': {
    title: 'Ignores a stop request whose Reason is not 1',
    section: '2.3',
    breaks: [
      '2.3/reason-local-shutdown-received',
      '2.3/reason-stop-protocol-received',
      '2.3/reason-undefined-received',
    ],
    consequences: ['2.4/sent-in-reply', '3.1.1/stop-answered', '3.1.1/stop-reply-delivered'],
    instead: controlArcs({
      from: ['wait-ctl-reply', 'established', 'wait-stop-reply'],
      input: 'stop-request',
      when: ({ message }) => message?.name === 'Stop-Control-Connection-Request' && message.reason !== 1,
    }),
  },
  'stop-ignored-while-calling': {
    title: 'Ignores a stop request while it waits for a call reply or for Call-Disconnect-Notify',
    section: '2.4',
    breaks: ['2.4/sent-in-reply'],
    consequences: [
      '2.3/reason-local-shutdown-received',
      '2.3/reason-none-received',
      '2.3/reason-stop-protocol-received',
      '2.3/reason-undefined-received',
      '3.1.1/stop-answered',
      '3.1.1/stop-reply-delivered',
    ],
    instead: controlArcs({
      from: ['wait-ctl-reply', 'established', 'wait-stop-reply'],
      input: 'stop-request',
      when: ({ calls }) => calls.isWaiting(),
    }),
  },
  'stop-refused-and-closed': {
    title: 'Answers a stop request with an undefined Reason with Bad-Value, and closes',
    section: '2.4',
    breaks: ['2.4/result-general-error'],
    instead: controlArcs({
      from: ['wait-ctl-reply', 'established', 'wait-stop-reply'],
      input: 'stop-request',
      when: ({ message }) =>
        message?.name === 'Stop-Control-Connection-Request' && (message.reason < 1 || message.reason > 3),
      action(does, occasion) {
        endCalls(does, occasion)
        does.send(stopReply({ resultCode: 2, errorCode: GeneralError.badValue }))
        does.close('stopped by the peer')
      },
      to: 'closed',
    }),
  },
  'serves-behind-stop': {
    title: 'Goes on handling messages for 50 ms after its stop reply',
    section: '3.1.2',
    breaks: ['3.1.2/nothing-after-stop'],
    consequences: ['2.4/sent-in-reply', '3.1.1/stop-closes', '3.1.2/stop-closes'],
    instead: controlArcs({
      from: ['wait-ctl-reply', 'established', 'wait-stop-reply'],
      input: 'stop-request',
      action(does, occasion) {
        endCalls(does, occasion)
        does.send(stopReply({ resultCode: 1 }))
        does.later(50, () => does.close('stopped by the peer'))
      },
      to: 'established',
    }),
  },
  'stop-never-closes': {
    title: 'Replies to a stop request and leaves the connection open',
    section: '3.1.2',
    breaks: ['3.1.1/stop-closes', '3.1.2/stop-closes'],
    consequences: [
      '2.3/reason-local-shutdown-received',
      '2.3/reason-none-received',
      '2.3/reason-stop-protocol-received',
      '3.1.1/stop-requests-cross',
      '3.1.2/nothing-after-stop',
      '3/unexpected-message',
    ],
    instead: controlArcs({
      from: ['wait-ctl-reply', 'established', 'wait-stop-reply'],
      input: 'stop-request',
      action(does, occasion) {
        endCalls(does, occasion)
        does.send(stopReply({ resultCode: 1 }))
      },
      to: 'closed',
    }),
  },
  'stop-request-missing': {
    title: 'Closes without a stop request',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/local-termination-stops'],
    consequences: ['3.1.1/earlier-version-stops'],
    instead: controlArcs(
      {
        from: 'established',
        input: 'local-stop',
        action: 'close',
        to: 'closed',
      },
      {
        from: 'wait-ctl-reply',
        input: 'start-reply-version-unsupported',
        action: 'close',
        to: 'closed',
      },
    ),
  },
  'stop-reply-ignored': {
    title: 'Ignores the stop reply, and closes only after 60 s',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/stop-reply-closes'],
    instead: controlArcs({
      from: 'wait-stop-reply',
      input: 'stop-reply',
      when: ({ end }) => end === 'originator',
    }),
  },
  'stop-refusal-hangs': {
    title: 'Ignores everything and stays open when its stop request is refused',
    section: '2.4',
    iut: 'originator',
    breaks: ['2.4/general-error-received', '2.4/undefined-result-received'],
    instead: controlArcs({
      from: 'wait-stop-reply',
      input: 'stop-reply',
      when: ({ end, message }) =>
        end === 'originator' && message?.name === 'Stop-Control-Connection-Reply' && message.resultCode !== 1,
      action(does) {
        does.stopWaiting()
        does.hang()
      },
    }),
  },
  'clear-request-unawaited': {
    title: 'Closes after Call-Clear-Request without waiting for Call-Disconnect-Notify',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['3.2.4.2/wait-disconnect'],
    consequences: ['3.1.1/local-termination-stops', '3/reply-patience'],
    instead: controlArcs({
      from: 'established',
      input: 'local-hang-up',
      when: ({ calls }) => !calls.isIdle(),
      action(does) {
        does.calls.clear()
        if (does.calls.isIdle()) does.stopWhenIdle()
        else does.close('it hung up')
      },
    }),
  },
  'loss-unnoticed': {
    title: "Ignores the peer's FIN",
    section: '3',
    iut: 'originator',
    breaks: ['3/tcp-loss-handled'],
    consequences: ['3/calls-end'],
    instead: controlArcs({ input: 'peer-ended', when: ({ end }) => end === 'originator' }),
  },
} satisfies Record<string, Fault>
