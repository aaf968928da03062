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

/** Turns a start down over a value that has to be let pass. */
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

/** Ends the calls as a stop request asks for. */
const endCalls: ControlAct = ({ calls, configuration }, { end }) => {
  if (end === 'originator' && configuration.clearsBeforeStop) calls.clear()
  calls.end('connection-stopped')
}

const MALFORMED = ['malformed', 'malformed-echo-request'] as const

/** Arcs of section 3.1 that go elsewhere. */
export const CONTROL_CONNECTION_FAULTS = {
  // Malformed and out of place
  'answers-before-closing': {
    title: 'Replies before it closes over a wrong Magic Cookie',
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
    title: "Stays in step over a message whose Length is not its type's, without a word",
    section: '3',
    breaks: ['2.16/bad-format'],
    instead: controlArcs({
      input: MALFORMED,
      when: isUnrecognized(({ isControl, hasType }) => isControl && hasType),
      action: logsOnly,
    }),
  },
  'ignores-management-messages': {
    title: 'Skips PPTP Message Type 2 without a word',
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
    title: 'Skips an undefined Control Message Type without a word',
    section: '3',
    breaks: ['3/invalid-message'],
    instead: controlArcs({
      input: MALFORMED,
      when: isUnrecognized(({ isControl, hasType }) => isControl && !hasType),
      action: logsOnly,
    }),
  },
  'hangs-on-unexpected': {
    title: 'Goes deaf after a message that makes no sense at the time',
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
    title: 'Refuses a version and leaves the connection open',
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
    title: 'Refuses a version and counts the connection as established',
    section: '3.1.2',
    breaks: ['3.1.2/earlier-version-closes', '3.1.2/earlier-version-idle'],
    consequences: ['1.3.1/control-first', '2.1/established-first'],
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
    title: 'Does not answer a second start request',
    section: '2.2',
    breaks: ['3.1.2/start-when-established'],
    instead: controlArcs({
      from: 'established',
      input: ['start-request', 'start-request-older-version'],
    }),
  },
  'accepts-second-connection': {
    title: 'Starts a second control connection with the same address',
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
    title: 'Places a call before the connection is established',
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
    title: 'Refuses a start whose Host Name or Vendor Name fills its field',
    section: '2.1',
    breaks: ['2.1/names-any'],
    instead: refusesStart(({ hostName, vendorName }) => Math.max(hostName.length, vendorName.length) === 64),
  },
  'heeds-maximum-channels': {
    title: 'Refuses a start with Maximum Channels other than 0',
    section: '2.1',
    breaks: ['2.1/maximum-channels-ignored'],
    instead: refusesStart(({ maximumChannels }) => maximumChannels > 0),
  },
  'refuses-no-capabilities': {
    title: 'Refuses a start without framing or bearer capabilities',
    section: '2.1',
    breaks: ['2.1/capabilities-any'],
    instead: refusesStart(
      ({ framingCapabilities, bearerCapabilities }) => framingCapabilities === 0 || bearerCapabilities === 0,
    ),
  },
  'refuses-firmware-revision': {
    title: 'Refuses a start whose Firmware Revision is 0',
    section: '2.1',
    breaks: ['2.1/firmware-revision-any'],
    instead: refusesStart(({ firmwareRevision }) => firmwareRevision === 0),
  },
  'stop-before-start': {
    title: 'Asks to stop when no start request came in 60 s, and closes then',
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
    title: 'Requests its call before the start reply came',
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
    title: 'Sends its start request once more when no reply came in 60 s',
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
    title: 'Asks for no call where Maximum Channels is 0',
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
    title: "Closes without a stop request over the reply's version",
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
    title: 'Asks to stop over the version with Reason 3',
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
    title: 'Asks to stop over the version, and sends an Echo-Request as if nothing were',
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
    title: "The winner of a collision answers on the loser's connection",
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
    title: "The winner of a collision closes the loser's connection itself",
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
    title: 'The winner of a collision closes its own connection',
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
    title: 'The loser of a collision keeps its connection',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['3.1.3/loser-closes'],
    consequences: ['3.1.1/collision-checked', '3.1.3/collision-detected', '3.1.3/winner'],
    instead: controlArcs({ input: 'collision-lost' }),
  },
  'collision-loser-stops': {
    title: 'The loser of a collision asks to stop before it closes',
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
    title:
      'Closes as soon as anything comes 90 s after it was established, whatever is said on the connection',
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
    title: 'Does nothing on Stop-Control-Connection-Request',
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
    title: 'Does nothing on a stop request whose Reason is not 1',
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
    title: 'Does nothing on a stop request while it waits for a call reply or a notification',
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
    title: 'Refuses to stop for an undefined Reason, and closes all the same',
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
    title: 'Goes on serving for a moment after its stop reply',
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
    title: 'Closes without Stop-Control-Connection-Request',
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
    title: 'Does not close on a stop reply, but when 60 s are over',
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
    title: 'Goes deaf when its stop request is refused',
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
    title: 'Hangs up and closes without waiting for Call-Disconnect-Notify',
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
    title: "Does not notice the peer's FIN",
    section: '3',
    iut: 'originator',
    breaks: ['3/tcp-loss-handled'],
    consequences: ['3/calls-end'],
    instead: controlArcs({ input: 'peer-ended', when: ({ end }) => end === 'originator' }),
  },
} satisfies Record<string, Fault>
