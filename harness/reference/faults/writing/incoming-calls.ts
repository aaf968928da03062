import { controlMessage } from '../../../protocol/control.ts'
import type { Fault } from '../fault.ts'
import {
  CALL_REPLY,
  dropped,
  failure,
  INCOMING_REPLY,
  patched,
  repeated,
  replaced,
  success,
} from './patch.ts'

/** Faults in writing messages of incoming calls. */
export const INCOMING_CALL_FAULTS = {
  'incoming-reply-missing': {
    title: 'Does not answer Incoming-Call-Request',
    section: '3.2.3.2',
    breaks: ['3.2.3.2/reply-to-incoming'],
    consequences: [
      '2.9/bearer-type-received',
      '2.9/call-id-any',
      '2.9/number-lengths-received',
      '2.9/numbers-any',
    ],
    instead: dropped(INCOMING_REPLY),
  },
  'incoming-reply-wrong-peer-id': {
    title: "Answers an incoming call with a wrong Peer's Call ID",
    section: '2.10',
    breaks: ['2.10/peers-call-id'],
    consequences: ['2.12/call-id'],
    instead: patched(INCOMING_REPLY, (m) => ({ peersCallId: m.peersCallId ^ 0x0100 })),
  },
  'incoming-reply-result-0': {
    title: 'Answers an incoming call with Result Code 0',
    section: '2.10',
    breaks: ['2.10/result-code-defined'],
    consequences: ['2.10/error-code'],
    instead: patched(INCOMING_REPLY, () => ({ resultCode: 0 })),
  },
  'incoming-reply-error-with-success': {
    title: 'Accepts an incoming call with Error Code 6',
    section: '2.10',
    breaks: ['2.10/error-code'],
    consequences: ['2.16/pac-error-by-pac'],
    instead: patched(INCOMING_REPLY, () => ({ errorCode: 6 }), success),
  },
  'incoming-reply-window-zero': {
    title: 'Accepts an incoming call with a receive window of 0',
    section: '2.10',
    breaks: ['2.10/window'],
    consequences: ['3.2.3/accepted-with-window'],
    instead: patched(INCOMING_REPLY, () => ({ packetRecvWindowSize: 0 }), success),
  },
  'incoming-reply-reserved-nonzero': {
    title: 'Answers an incoming call with Reserved1 as 1',
    section: '2.10',
    breaks: ['2.10/reserved1', '2/reserved-sent-zero'],
    instead: patched(INCOMING_REPLY, () => ({ reserved1: 1 })),
  },
  'incoming-refusal-as-outgoing': {
    title: 'Refuses an incoming call with Outgoing-Call-Reply',
    section: '2.8',
    breaks: ['2.8/sent-by-pac'],
    consequences: ['2.8/one-reply', '2.9/bearer-type-received', '2.9/number-lengths-received'],
    instead: replaced(
      INCOMING_REPLY,
      ({ peersCallId, resultCode, errorCode }) =>
        controlMessage(CALL_REPLY, { peersCallId, resultCode, errorCode }),
      failure,
    ),
  },
  'incoming-refusal-twice': {
    title: 'Sends its refusal of an incoming call twice',
    section: '2.10',
    breaks: ['2.10/one-reply'],
    consequences: ['3/no-retransmission', '3/unexpected-message'],
    instead: repeated(INCOMING_REPLY, (m) => 'resultCode' in m && failure(m)),
  },
} satisfies Record<string, Fault>
