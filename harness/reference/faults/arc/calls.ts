import { controlMessage } from '../../../protocol/control.ts'
import { GeneralError } from '../../../protocol/messages.ts'
import { NO_CALL_PLACED } from '../consequences.ts'
import type { Fault } from '../fault.ts'
import { callArcs } from './arcs.ts'

/** Parameters for a session that is opened before the peer has stated its own. */
const UNKNOWN = { peersWindow: 1, peersDelay: 0 } as const

/** Faults in the arcs of calls (section 3.2). */
export const CALL_FAULTS = {
  // As PAC
  'bad-call-closes-connection': {
    title: 'Closes the connection on a call request with a bad value',
    section: '3.2.4.1',
    breaks: ['3.2.1/calls-not-blocked'],
    instead: callArcs({
      from: 'idle',
      input: 'request-in-error',
      when: ({ role, refusal }) =>
        role === 'pac-outgoing' && refusal?.resultCode === 2 && refusal.errorCode === GeneralError.badValue,
      action(does, occasion) {
        does.perform('reply-error', occasion)
        does.host.giveUp('a bad field')
      },
    }),
  },
  'analog-call-three-messages': {
    title: 'Sends Incoming-Call-Connected after its reply for an analog outgoing call',
    section: '3.2.4',
    breaks: ['3.2.4/two-messages'],
    consequences: [
      '2.9/first-of-three',
      '2.11/peers-call-id',
      '2.11/third-of-three',
      '2.11/window',
      '3.2.3/not-answered-first',
      '2.10/peers-call-id-matched',
    ],
    instead: callArcs({
      from: 'wait-cs-ans',
      input: 'answer',
      when: ({ request }) => request?.name === 'Outgoing-Call-Request' && request.bearerType === 1,
      action(does, occasion) {
        does.perform('reply-connected', occasion)
        const peersCallId = does.peersCallId()
        does.host.send(controlMessage('Incoming-Call-Connected', { peersCallId, framingType: 1 }))
      },
    }),
  },
  'clear-closes-connection': {
    title: 'Closes the connection when the peer clears a call',
    section: '1.3.1',
    breaks: ['1.3.1/calls-apart', '2.13/connection-stays'],
    consequences: ['2.12/another-call'],
    instead: {
      callStep: (usual) =>
        usual?.action === 'notify-requested'
          ? {
              action(does, occasion) {
                does.perform('notify-requested', occasion)
                does.host.giveUp('its call was cleared')
              },
              to: usual.to,
            }
          : usual,
    },
  },
  'ppp-end-not-notified': {
    title: 'Sends no Call-Disconnect-Notify when the PPP of a call ends',
    section: '2.13',
    breaks: ['2.13/whenever-disconnected', '3.2.4.1/established-disconnected'],
    instead: {
      callStep: (usual) =>
        usual?.action === 'notify-carrier-lost' ? { action: () => {}, to: usual.to } : usual,
    },
  },
  // As PNS
  'data-before-call-reply': {
    title: 'Sends data in the tunnel before the call reply',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['3.2.4.2/wait-reply-no-data'],
    consequences: NO_CALL_PLACED,
    instead: callArcs({
      from: 'idle',
      input: 'open',
      action(does, occasion) {
        does.perform('send-outgoing-request', occasion)
        does.openSession(UNKNOWN)
      },
    }),
  },
  'second-call-reply-ends-call': {
    title: 'Ends an established call on another reply to its request',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['3/unexpected-message'],
    instead: callArcs({
      from: 'established',
      input: ['reply-accepted', 'reply-refused'],
      when: ({ message }) => message?.name === 'Outgoing-Call-Reply',
      action: 'release',
      to: 'released',
    }),
  },
  'uses-refused-call': {
    title: 'Sends data in the tunnel for a call that was refused',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['3.2.4.2/refused-call-idle'],
    consequences: [
      '2.8/result-busy',
      '2.8/result-do-not-accept',
      '2.8/result-general-error',
      '2.8/result-no-carrier',
      '2.8/result-no-dial-tone',
      '2.8/result-time-out',
      '2.8/result-undefined-received',
    ],
    instead: callArcs({
      from: ['wait-reply', 'wait-disconnect'],
      input: 'reply-refused',
      when: ({ message }) => message?.name === 'Outgoing-Call-Reply',
      action(does, { message }) {
        if (message?.name === 'Outgoing-Call-Reply') does.learnPeersCallId(message.callId)
        does.openSession(UNKNOWN)
      },
    }),
  },
  'clear-request-missing': {
    title: 'Ends its call without Call-Clear-Request',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['3.2.4.2/established-clears', '3.2.4.2/wait-reply-aborted'],
    instead: {
      callStep: (usual) =>
        usual?.action === 'send-clear-request' ? { action: () => {}, to: usual.to } : usual,
    },
  },
  'clears-with-notify': {
    title: 'A PNS ends its call with Call-Disconnect-Notify',
    section: '2.13',
    iut: 'originator',
    breaks: ['2.13/sent-by-pac'],
    consequences: [
      '3.2.3.2/established-clears',
      '3.2.3/cleared-by-request',
      '3.2.4.2/established-clears',
      '3.2.4.2/wait-reply-aborted',
    ],
    instead: {
      callStep: (usual) =>
        usual?.action === 'send-clear-request'
          ? {
              action: ({ host, call: { ownCallId: callId } }) =>
                host.send(controlMessage('Call-Disconnect-Notify', { callId, resultCode: 3 })),
              to: usual.to,
            }
          : usual,
    },
  },
  'incoming-tunnel-before-connected': {
    title: 'Sends data in the tunnel before Incoming-Call-Connected',
    section: '3.2.3.2',
    breaks: ['3.2.3.2/tunnel-after-connected'],
    consequences: ['2.11/peers-call-id-matched', '3.2.3.2/idle-accepts', '3.2.3.2/wait-connect-notified'],
    instead: callArcs({
      from: 'idle',
      input: 'request',
      when: ({ role }) => role === 'pns-incoming',
      action(does, occasion) {
        does.perform('reply-accept', occasion)
        does.openSession(UNKNOWN)
      },
    }),
  },
} satisfies Record<string, Fault>
