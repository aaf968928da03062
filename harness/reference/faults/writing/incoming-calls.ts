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

/** Messages of incoming calls that are written otherwise. */
export const INCOMING_CALL_FAULTS = {
  'incoming-reply-missing': {
    title: 'Does not answer Incoming-Call-Request',
    section: '3.2.3.2',
    breaks: [],
    instead: dropped(INCOMING_REPLY),
  },
  'incoming-reply-wrong-peer-id': {
    title: "Incoming call reply carries another Peer's Call ID",
    section: '2.10',
    breaks: [],
    instead: patched(INCOMING_REPLY, (m) => ({ peersCallId: m.peersCallId ^ 0x0100 })),
  },
  'incoming-reply-result-0': {
    title: 'Incoming call reply has Result Code 0',
    section: '2.10',
    breaks: [],
    instead: patched(INCOMING_REPLY, () => ({ resultCode: 0 })),
  },
  'incoming-reply-error-with-success': {
    title: 'Accepts an incoming call with Error Code 6',
    section: '2.10',
    breaks: [],
    instead: patched(INCOMING_REPLY, () => ({ errorCode: 6 }), success),
  },
  'incoming-reply-window-zero': {
    title: 'Announces a receive window of 0',
    section: '2.10',
    breaks: [],
    instead: patched(INCOMING_REPLY, () => ({ packetRecvWindowSize: 0 }), success),
  },
  'incoming-reply-reserved-nonzero': {
    title: 'Incoming call reply has a Reserved1 that is not 0',
    section: '2.10',
    breaks: [],
    instead: patched(INCOMING_REPLY, () => ({ reserved1: 1 })),
  },
  'incoming-refusal-as-outgoing': {
    title: 'Refuses an incoming call with Outgoing-Call-Reply',
    section: '2.8',
    breaks: [],
    instead: replaced(
      INCOMING_REPLY,
      ({ peersCallId, resultCode, errorCode }) =>
        controlMessage(CALL_REPLY, { peersCallId, resultCode, errorCode }),
      failure,
    ),
  },
  'incoming-refusal-twice': {
    title: 'Refuses an incoming call twice',
    section: '2.10',
    breaks: [],
    instead: repeated(INCOMING_REPLY, (m) => 'resultCode' in m && failure(m)),
  },
} satisfies Record<string, Fault>
