import { controlMessage } from '../../../protocol/control.ts'
import { GeneralError } from '../../../protocol/messages.ts'
import type { CallHost } from '../../call-model.ts'
import type { DispatcherAct } from '../../dispatcher-model.ts'
import type { Fault } from '../fault.ts'
import { dispatcherArcs } from './arcs.ts'

const givesUp =
  (why: string): DispatcherAct =>
  (_, { host }) =>
    host.giveUp(why)

const hangs: DispatcherAct = (_, { host }) => host.hang()

const returns: DispatcherAct = (_, { host, message }) => {
  if (message !== undefined) host.send(message)
}

/** Hands a message to its call, or logs it if it names none, and then closes the connection. */
const closesAfterwards =
  (why: string): DispatcherAct =>
  (does, occasion) => {
    does.perform(occasion.call === undefined ? 'log' : 'hand-to-call', occasion)
    occasion.host.giveUp(why)
  }

/** Faults in the arcs of the dispatcher: what happens to messages about calls. */
export const DISPATCHER_FAULTS = {
  // Requests for a call
  'refuses-second-call': {
    title: 'Closes the connection on a request for a second call',
    section: '3.2',
    breaks: ['3.2.1/calls-not-blocked', '3.2.4/reply-to-request'],
    consequences: [
      '2.16/no-resource',
      '3.2.2/both-directions-equal',
      '3.2.4.1/idle-request-in-error',
      '3.2.4/reply-when-failed',
    ],
    instead: dispatcherArcs({
      input: 'Outgoing-Call-Request',
      when: ({ calls }) => calls.length > 0,
      action: givesUp('a second call'),
    }),
  },
  'refusal-ends-first-call': {
    title: 'Refuses a second call, and ends the first one without Call-Disconnect-Notify',
    section: '1.3.2',
    breaks: ['1.3.2/several-sessions'],
    consequences: ['2.16/bad-call-id', '3.2.1/calls-not-blocked', '3.2.2/both-directions-equal'],
    instead: dispatcherArcs({
      input: 'Outgoing-Call-Request',
      when: ({ calls }) => calls.length > 0,
      action(_, { host, calls, message }) {
        for (const call of calls) call.input('connection-lost')
        if (message?.name === 'Outgoing-Call-Request')
          host.send(
            controlMessage('Outgoing-Call-Reply', {
              peersCallId: message.callId,
              resultCode: 2,
              errorCode: GeneralError.noResource,
            }),
          )
      },
    }),
  },
  'one-call-per-connection': {
    title: 'Closes the connection on a request for another call, even when the first call is over',
    section: '1.3.1',
    breaks: ['1.3.1/calls-apart'],
    consequences: [
      '2.12/another-call',
      '2.16/no-resource',
      '3.2.1/calls-not-blocked',
      '3.2.2/both-directions-equal',
      '3.2.4.1/idle-request-in-error',
      '3.2.4/reply-to-request',
      '3.2.4/reply-when-failed',
    ],
    instead() {
      const called = new Set<CallHost>()
      return {
        dispatcherStep(usual, { input, host, named }) {
          if (input !== 'Outgoing-Call-Request') return usual
          const isFirst = !called.has(host)
          called.add(host)
          return isFirst ? usual : { action: givesUp('another call'), to: named }
        },
      }
    },
  },
  'second-call-replaces-first': {
    title: 'Ends the first call without Call-Disconnect-Notify when a second one begins',
    section: '1.3.2',
    breaks: ['1.3.2/several-sessions'],
    consequences: [
      '2.7/call-id-in-use',
      '2.16/no-resource',
      '3.2.1/calls-not-blocked',
      '3.2.2/both-directions-equal',
      '3.2.2/call-id-unique',
      '3.2.2/assigned',
    ],
    instead: {
      dispatcherStep: (usual, { input, calls, named }) =>
        calls.length > 0 && (input === 'Outgoing-Call-Request' || input === 'local-open')
          ? {
              action(does, occasion) {
                for (const call of calls) call.input('connection-lost')
                does.perform(
                  input === 'local-open' ? 'place-outgoing-call' : 'answer-outgoing-call',
                  occasion,
                )
              },
              to: named,
            }
          : usual,
    },
  },
  'hangs-on-phone-number-length': {
    title: 'Ignores every message after a call request with a Phone Number Length above 64',
    section: '2.7',
    breaks: ['2.7/phone-number-length'],
    instead: dispatcherArcs({
      input: 'Outgoing-Call-Request',
      when: ({ message }) => message?.name === 'Outgoing-Call-Request' && message.phoneNumberLength > 64,
      action: hangs,
    }),
  },
  'incoming-call-drops-connection': {
    title: 'Closes the connection on Incoming-Call-Request',
    section: '3.2.3.2',
    breaks: ['3.2.3.2/reply-to-incoming'],
    consequences: ['2.9/call-id-any', '2.9/numbers-any'],
    instead: dispatcherArcs({
      input: 'Incoming-Call-Request',
      action: givesUp('an Incoming-Call-Request'),
    }),
  },
  'incoming-hangs-on-number-length': {
    title: 'Ignores every message after an incoming call request with a Dialed Number Length above 64',
    section: '2.9',
    breaks: ['2.9/number-lengths-received'],
    consequences: ['3/unexpected-message'],
    instead: dispatcherArcs({
      input: 'Incoming-Call-Request',
      when: ({ message }) => message?.name === 'Incoming-Call-Request' && message.dialedNumberLength > 64,
      action: hangs,
    }),
  },
  // Replies to its requests
  'refused-call-closes': {
    title: 'Closes the connection when its call is refused',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['3.1.1/local-termination-stops'],
    instead: dispatcherArcs({
      input: ['Outgoing-Call-Reply', 'Incoming-Call-Reply'],
      when: ({ message }) => message !== undefined && 'resultCode' in message && message.resultCode !== 1,
      action: closesAfterwards('its call was refused'),
    }),
  },
  'incoming-connected-ignored': {
    title: 'Ignores Incoming-Call-Connected',
    section: '3.2.3.2',
    breaks: ['3.2.3.2/wait-connect-connected', '3.2.3/connected-establishes'],
    consequences: ['2.10/call-id'],
    instead: dispatcherArcs({ from: 'a-call', input: 'Incoming-Call-Connected' }),
  },
  'incoming-connected-returned': {
    title: 'Sends Incoming-Call-Connected back when it names no call',
    section: '2.11',
    breaks: ['2.11/sent-by-pac'],
    consequences: [
      '2.9/first-of-three',
      '2.11/framing-type-sent',
      '2.11/peers-call-id',
      '2.11/third-of-three',
      '2.11/window',
      '3.2.3/not-answered-first',
      '3/unexpected-message',
    ],
    instead: dispatcherArcs({
      from: 'no-call',
      input: 'Incoming-Call-Connected',
      action: returns,
    }),
  },
  // The end of a call
  'clear-ignored': {
    title: 'Ignores Call-Clear-Request',
    section: '2.12',
    breaks: ['2.12/ends-call'],
    consequences: [
      '2.12/before-reply',
      '2.12/notify-in-reply',
      '2.13/whenever-disconnected',
      '3.2.4.1/established-clear-notified',
      '3.2.4.1/wait-cs-ans-cleared',
    ],
    instead: dispatcherArcs({ from: 'a-call', input: 'Call-Clear-Request' }),
  },
  'clear-unknown-kills-calls': {
    title: 'Ends every call on a clear request for an unknown Call ID',
    section: '2.12',
    breaks: ['2.12/unknown-call'],
    consequences: ['2.13/result-request-only'],
    instead: dispatcherArcs({
      from: 'no-call',
      input: 'Call-Clear-Request',
      action(_, { calls, message }) {
        for (const call of calls) call.input('clear-request', message)
      },
    }),
  },
  'clear-unknown-closes': {
    title: 'Closes the connection on a clear request for an unknown Call ID',
    section: '2.12',
    breaks: ['2.12/unknown-call'],
    instead: dispatcherArcs({
      from: 'no-call',
      input: 'Call-Clear-Request',
      action: givesUp('a clear request for no call'),
    }),
  },
  'disconnect-notify-ignored': {
    title: 'Ignores Call-Disconnect-Notify: the call goes on',
    section: '3.2.3.2',
    breaks: [
      '3.2.3.2/established-notified',
      '3.2.3.2/wait-connect-notified',
      '3.2.3.2/wait-disconnect-notified',
      '3.2.4.2/established-notified',
      '3.2.4.2/wait-disconnect-notified',
    ],
    consequences: [
      '2.13/result-admin-shutdown',
      '2.13/result-general-error',
      '2.13/result-lost-carrier',
      '2.13/result-request-received',
      '2.13/result-undefined-received',
      '2.13/statistics-any',
      '3.2.4.1/tunnel-ends',
    ],
    instead: dispatcherArcs({ from: 'a-call', input: 'Call-Disconnect-Notify' }),
  },
  'disconnect-notify-one-code': {
    title: 'Ignores Call-Disconnect-Notify unless its Result Code is 1',
    section: '2.13',
    iut: 'originator',
    breaks: ['2.13/result-admin-shutdown', '2.13/result-general-error', '2.13/result-undefined-received'],
    consequences: [
      '2.13/result-request-received',
      '3.2.3.2/wait-disconnect-notified',
      '3.2.4.1/tunnel-ends',
      '3.2.4.2/established-notified',
      '3.2.4.2/wait-disconnect-notified',
    ],
    instead: dispatcherArcs({
      from: 'a-call',
      input: 'Call-Disconnect-Notify',
      when: ({ message }) => message?.name === 'Call-Disconnect-Notify' && message.resultCode !== 1,
    }),
  },
  'disconnect-notify-full-statistics-ignored': {
    title: 'Ignores Call-Disconnect-Notify if Call Statistics has all 128 characters',
    section: '2.13',
    iut: 'originator',
    breaks: ['2.13/statistics-any'],
    consequences: ['3.2.4.1/tunnel-ends', '3.2.4.2/established-notified'],
    instead: dispatcherArcs({
      from: 'a-call',
      input: 'Call-Disconnect-Notify',
      when: ({ message }) =>
        message?.name === 'Call-Disconnect-Notify' && message.callStatistics.length === 128,
    }),
  },
  'disconnect-notify-closes': {
    title: 'Closes the connection on Call-Disconnect-Notify',
    section: '2.13',
    iut: 'originator',
    breaks: ['2.13/connection-stays'],
    consequences: [
      '1.3.1/calls-apart',
      '1.3.2/key-selects-session',
      '1.3.2/several-sessions',
      '3.2.3.2/wait-disconnect-notified',
    ],
    instead: dispatcherArcs({
      from: 'a-call',
      input: 'Call-Disconnect-Notify',
      action: closesAfterwards('its call is over'),
    }),
  },
  // Set-Link-Info and WAN-Error-Notify
  'set-link-info-closes': {
    title: 'Closes the connection on Set-Link-Info',
    section: '2.15',
    breaks: ['2.15/accepted', '2.15/unknown-call'],
    consequences: ['2.15/negotiation-goes-on'],
    instead: dispatcherArcs({ input: 'Set-Link-Info', action: givesUp('Set-Link-Info') }),
  },
  'set-link-info-unknown-closes': {
    title: 'Closes the connection on Set-Link-Info for an unknown call',
    section: '2.15',
    breaks: ['2.15/unknown-call'],
    instead: dispatcherArcs({
      from: 'no-call',
      input: 'Set-Link-Info',
      action: givesUp('Set-Link-Info for no call'),
    }),
  },
  'set-link-info-answers': {
    title: 'Answers Set-Link-Info with an Echo-Reply',
    section: '2.15',
    breaks: ['2.15/accepted'],
    consequences: ['2.6/identifier', '2.15/unknown-call'],
    instead: dispatcherArcs({
      input: 'Set-Link-Info',
      action: (_, { host }) => host.send(controlMessage('Echo-Reply', { resultCode: 1 })),
    }),
  },
  'set-link-info-returned': {
    title: 'Answers Set-Link-Info with a Set-Link-Info of its own',
    section: '2.15',
    breaks: ['2.15/sent-by-pns'],
    consequences: ['2.15/accepted'],
    instead: dispatcherArcs({
      from: 'a-call',
      input: 'Set-Link-Info',
      action: (_, { host, call }) =>
        host.send(controlMessage('Set-Link-Info', { peersCallId: call?.peersCallId() ?? 0, sendAccm: 0 })),
    }),
  },
  'set-link-info-clears-call': {
    title: 'Ends the call on Set-Link-Info',
    section: '2.15',
    breaks: ['2.15/accepted'],
    consequences: ['2.15/negotiation-goes-on'],
    instead: dispatcherArcs({
      from: 'a-call',
      input: 'Set-Link-Info',
      action: (_, { call }) => call?.input('local-terminate'),
    }),
  },
  'wan-error-closes': {
    title: 'Closes the connection on WAN-Error-Notify',
    section: '2.14',
    breaks: ['2.14/accepted'],
    instead: dispatcherArcs({ input: 'WAN-Error-Notify', action: givesUp('WAN-Error-Notify') }),
  },
  'wan-error-returned': {
    title: 'Sends WAN-Error-Notify back',
    section: '2.14',
    breaks: ['2.14/sent-by-pac'],
    consequences: ['2.14/accepted'],
    instead: dispatcherArcs({ from: 'a-call', input: 'WAN-Error-Notify', action: returns }),
  },
} satisfies Record<string, Fault>
