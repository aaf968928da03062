import { controlMessage } from '../../../protocol/control.ts'
import { GeneralError } from '../../../protocol/messages.ts'
import type { Fault } from '../fault.ts'
import {
  CALL_REPLY,
  CALL_REQUEST,
  dropped,
  endingBefore,
  failure,
  hasNumber,
  INCOMING_REPLY,
  patched,
  repeated,
  replaced,
  success,
  TYPE_SWAPPED,
  withParity,
  written,
} from './patch.ts'

/** Messages of outgoing calls that are written otherwise. */
export const OUTGOING_CALL_FAULTS = {
  'call-reply-missing': {
    title: 'Does not answer Outgoing-Call-Request',
    section: '3.2.4',
    breaks: [],
    instead: dropped(CALL_REPLY),
  },
  'call-reply-twice': {
    title: 'Answers Outgoing-Call-Request twice',
    section: '2.8',
    breaks: [],
    instead: repeated(CALL_REPLY),
  },
  'call-reply-without-delay': {
    title: 'Its call reply ends before Packet Processing Delay',
    section: '4.4',
    breaks: [],
    instead: written(({ name }) => name === CALL_REPLY, endingBefore(CALL_REPLY, 'packetProcessingDelay')),
  },
  'call-reply-wrong-peer-id': {
    title: "Call reply carries another Peer's Call ID",
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, (m) => ({ peersCallId: m.peersCallId ^ 0x0100 })),
  },
  'call-reply-result-0': {
    title: 'Reports a connected call with Result Code 0',
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, () => ({ resultCode: 0 }), success),
  },
  'call-reply-error-with-success': {
    title: 'Reports a connected call with Error Code 6',
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, () => ({ errorCode: 6 }), success),
  },
  'call-reply-speed-out-of-range': {
    title: 'Connect Speed is 0',
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, () => ({ connectSpeed: 0 }), success),
  },
  'call-reply-speed-above-maximum': {
    title: 'Connect Speed is above Maximum BPS',
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, () => ({ connectSpeed: 0xffffffff }), success),
  },
  'call-reply-window-zero': {
    title: 'Announces a receive window of 0',
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, () => ({ packetRecvWindowSize: 0 }), success),
  },
  'call-refusal-without-error': {
    title: 'Refuses a call with Result Code 2 and Error Code 0',
    section: '2.8',
    breaks: [],
    instead: patched(
      CALL_REPLY,
      () => ({ errorCode: 0 }),
      (m) => m.resultCode === 2,
    ),
  },
  'call-refusal-undefined-error': {
    title: 'Refuses a call with Error Code 7',
    section: '2.16',
    breaks: [],
    instead: patched(
      CALL_REPLY,
      () => ({ errorCode: 7 }),
      (m) => m.resultCode === 2,
    ),
  },
  'call-refusal-wrong-error': {
    title: 'Refuses a call with Error Code 1',
    section: '2.16',
    breaks: [],
    instead: patched(
      CALL_REPLY,
      () => ({ errorCode: GeneralError.notConnected }),
      (m) => m.resultCode === 2,
    ),
  },
  'call-refusal-undefined-result': {
    title: 'Refuses a call with Result Code 8',
    section: '2.8',
    breaks: [],
    instead: patched(CALL_REPLY, () => ({ resultCode: 8, errorCode: 0 }), failure),
  },
  'call-request-undefined-bearer': {
    title: 'Call request has Bearer Type 4',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, () => ({ bearerType: 4 })),
  },
  'call-request-undefined-framing': {
    title: 'Call request has Framing Type 0',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, () => ({ framingType: 0 })),
  },
  'call-request-reserved-nonzero': {
    title: 'Call request has a Reserved1 that is not 0',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, () => ({ reserved1: 1 })),
  },
  'call-request-window-zero': {
    title: 'Call request announces a receive window of 0',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, () => ({ packetRecvWindowSize: 0 })),
  },
  'call-request-speeds-inverted': {
    title: 'Call request has Minimum BPS above Maximum BPS',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, (m) => ({
      minimumBps: m.maximumBps,
      maximumBps: m.minimumBps,
    })),
  },
  'call-request-phone-number-missing': {
    title: 'Leaves Phone Number empty, and says that it has digits',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(
      CALL_REQUEST,
      () => ({ phoneNumber: '' }),
      (m) => m.phoneNumber !== '',
    ),
  },
  'call-request-garbage-after-phone-number': {
    title: 'Phone Number goes on after its end',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(
      CALL_REQUEST,
      (m) => ({ phoneNumber: `${m.phoneNumber}\0left over` }),
      (m) => m.phoneNumber.length < 50,
    ),
  },
  'call-request-phone-number-length-wrong': {
    title: 'Call request has a Phone Number Length of 65',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, () => ({ phoneNumberLength: 65 })),
  },
  'call-request-type-swapped': {
    title: 'Its call request with a number has its Control Message Type with the octets swapped',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, TYPE_SWAPPED, hasNumber),
  },
  'call-request-number-with-parity': {
    title: 'Writes a number to dial with a parity bit on top of each digit',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, (m) => ({ phoneNumber: withParity(m.phoneNumber) }), hasNumber),
  },
  'call-request-garbage-after-subaddress': {
    title: 'Subaddress behind a number goes on after its end',
    section: '2.7',
    iut: 'originator',
    breaks: [],
    instead: patched(CALL_REQUEST, (m) => ({ subaddress: `${m.subaddress}\0left over` }), hasNumber),
  },
  'outgoing-refusal-as-incoming': {
    title: 'Refuses an outgoing call for its Call ID with Incoming-Call-Reply',
    section: '2.10',
    breaks: [],
    instead: replaced(
      CALL_REPLY,
      ({ peersCallId, resultCode, errorCode }) =>
        controlMessage(INCOMING_REPLY, { peersCallId, resultCode, errorCode }),
      ({ errorCode }) => errorCode === GeneralError.badCallId,
    ),
  },
} satisfies Record<string, Fault>
