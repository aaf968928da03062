import { PROTOCOL_VERSION } from '../../../protocol/messages.ts'
import type { Fault } from '../fault.ts'
import {
  dropped,
  failure,
  longer,
  MANAGEMENT,
  OTHER_COOKIE,
  onceRestarted,
  patched,
  repeated,
  START_REPLY,
  START_REQUEST,
  success,
  TEXT,
  TYPE_SWAPPED,
  written,
} from './patch.ts'

/** Start messages that are written otherwise. */
export const START_FAULTS = {
  'ignores-start': {
    title: 'Never replies to Start-Control-Connection-Request',
    section: '2.2',
    breaks: [],
    instead: dropped(START_REPLY),
  },
  'start-reply-twice': {
    title: 'Sends its start reply twice',
    section: '2.2',
    breaks: [],
    instead: repeated(START_REPLY),
  },
  'start-reply-wrong-length': {
    title: 'Its start reply has four octets too many',
    section: '2.2',
    breaks: [],
    instead: written(({ name }) => name === START_REPLY, longer),
  },
  'start-reply-reserved-type': {
    title: 'Its start reply carries Control Message Type 16',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => ({ controlMessageType: 16 })),
  },
  'start-reply-unauthorized': {
    title: 'Refuses every start as not authorized, Result Code 4',
    section: '5',
    breaks: [],
    instead: patched(START_REPLY, () => ({ resultCode: 4 }), success),
  },
  'start-reply-result-0': {
    title: 'Reports success with Result Code 0',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => ({ resultCode: 0 }), success),
  },
  'start-reply-error-with-success': {
    title: 'Reports success with Error Code 6',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => ({ errorCode: 6 }), success),
  },
  'start-reply-undefined-framing-bits': {
    title: 'Announces an undefined framing capability',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, (m) => ({
      framingCapabilities: m.framingCapabilities | 0x0100,
    })),
  },
  'start-reply-undefined-bearer-bits': {
    title: 'Announces an undefined bearer capability',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, (m) => ({
      bearerCapabilities: m.bearerCapabilities | 0x0100,
    })),
  },
  'start-reply-no-capabilities': {
    title: 'Announces no framing and no bearer at all',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => ({
      framingCapabilities: 0,
      bearerCapabilities: 0,
    })),
  },
  'start-reply-version-0': {
    title: 'Replies with Protocol Version 0',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => ({ protocolVersion: 0 })),
  },
  'start-reply-garbage-after-hostname': {
    title: 'Host Name goes on after its end',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, (m) => ({
      hostName: `${m.hostName}\0left over from another use`,
    })),
  },
  'start-reply-garbage-after-vendor': {
    title: 'Vendor Name goes on after its end',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, (m) => ({
      vendorName: `${m.vendorName}\0left over`,
    })),
  },
  'version-refusal-error-set': {
    title: 'Refuses a version with an Error Code as well',
    section: '2.2',
    breaks: [],
    instead: patched(
      START_REPLY,
      () => ({ errorCode: 3 }),
      (m) => m.resultCode === 5,
    ),
  },
  'version-refusal-wrong-result': {
    title: 'Refuses a version with Result Code 4',
    section: '2.2',
    breaks: [],
    instead: patched(
      START_REPLY,
      () => ({ resultCode: 4 }),
      (m) => m.resultCode === 5,
    ),
  },
  'exists-refusal-wrong-result': {
    title: 'Refuses a connection that exists already with Result Code 4',
    section: '2.2',
    breaks: [],
    instead: patched(
      START_REPLY,
      () => ({ resultCode: 4 }),
      (m) => m.resultCode === 3,
    ),
  },
  'start-request-reserved-nonzero': {
    title: 'Start request has a Reserved1 that is not 0',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: patched(START_REQUEST, () => ({ reserved1: 1 })),
  },
  'start-request-version-0': {
    title: 'Start request has Protocol Version 0',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: patched(START_REQUEST, () => ({ protocolVersion: 0 })),
  },
  'start-request-version-swapped': {
    title: 'Start request has Protocol Version 0x0001',
    section: '1.4',
    iut: 'originator',
    breaks: [],
    instead: patched(START_REQUEST, () => ({
      protocolVersion: PROTOCOL_VERSION >> 8,
    })),
  },
  'start-request-undefined-framing-bits': {
    title: 'Start request announces an undefined framing capability',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: patched(START_REQUEST, (m) => ({
      framingCapabilities: m.framingCapabilities | 0x0100,
    })),
  },
  'start-request-undefined-bearer-bits': {
    title: 'Start request announces an undefined bearer capability',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: patched(START_REQUEST, (m) => ({
      bearerCapabilities: m.bearerCapabilities | 0x0100,
    })),
  },
  'start-request-channels-as-pns': {
    title: 'A PNS announces Maximum Channels',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: patched(
      START_REQUEST,
      () => ({ maximumChannels: 8 }),
      (m) => m.maximumChannels === 0,
    ),
  },
  'start-request-garbage-after-hostname': {
    title: 'Host Name goes on after its end',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: patched(START_REQUEST, (m) => ({
      hostName: `${m.hostName}\0left over`,
    })),
  },
  'start-request-wrong-length': {
    title: 'Start request has four octets too many',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: written(({ name }) => name === START_REQUEST, longer),
  },
  'start-refusal-wrong-cookie': {
    title: 'Refuses a start with another Magic Cookie',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => OTHER_COOKIE, failure),
  },
  'start-refusal-management-type': {
    title: 'Refuses a start with PPTP Message Type 2',
    section: '2.2',
    breaks: [],
    instead: patched(START_REPLY, () => MANAGEMENT, failure),
  },
  'version-refusal-as-text': {
    title: 'Refuses a version with a line of text instead of a message',
    section: '1.4',
    breaks: [],
    instead: written(
      (message) => message.name === START_REPLY && message.resultCode === 5,
      () => [TEXT],
    ),
  },
  'restart-without-start': {
    title: 'Sends no start request on a connection opened again',
    section: '3.1.1',
    iut: 'originator',
    breaks: [],
    instead: onceRestarted(dropped(START_REQUEST)),
  },
  'restart-wrong-cookie': {
    title: 'Its start request on a connection opened again has another Magic Cookie',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: onceRestarted(patched(START_REQUEST, () => OTHER_COOKIE)),
  },
  'restart-management-type': {
    title: 'Its start request on a connection opened again has PPTP Message Type 2',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: onceRestarted(patched(START_REQUEST, () => MANAGEMENT)),
  },
  'restart-type-swapped': {
    title:
      'Its start request on a connection opened again has its Control Message Type with the octets swapped',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: onceRestarted(patched(START_REQUEST, TYPE_SWAPPED)),
  },
  'restart-garbage-after-vendor': {
    title: 'Its start request on a connection opened again goes on after the end of Vendor Name',
    section: '2.1',
    iut: 'originator',
    breaks: [],
    instead: onceRestarted(
      patched(START_REQUEST, (m) => ({
        vendorName: `${m.vendorName}\0left over`,
      })),
    ),
  },
} satisfies Record<string, Fault>
