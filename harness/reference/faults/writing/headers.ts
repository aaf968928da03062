import { encodeControl } from '../../../protocol/control.ts'
import { type ControlMessage, GeneralError } from '../../../protocol/messages.ts'
import type { Fault } from '../fault.ts'
import {
  afterStart,
  failure,
  header,
  MANAGEMENT,
  OTHER_COOKIE,
  TYPE_SWAPPED,
  written,
  wrongError,
} from './patch.ts'

/** Faults of what every message has. */
export const HEADER_FAULTS = {
  'reserved0-nonzero-sent': {
    title: 'Sends Reserved0 as 255',
    section: '2',
    breaks: [],
    instead: header(() => ({ reserved0: 0x00ff })),
  },
  'magic-cookie-wrong-sent': {
    title: 'Sends another Magic Cookie once the connection is established',
    section: '1.4',
    breaks: [],
    instead: afterStart(() => OTHER_COOKIE),
  },
  'message-type-wrong-sent': {
    title: 'Sends PPTP Message Type 2 once the connection is established',
    section: '1.4',
    breaks: [],
    instead: afterStart(() => MANAGEMENT),
  },
  'length-off-by-one-sent': {
    title: 'Sends a Length one less than the message has, once the connection is established',
    section: '1.4',
    breaks: [],
    instead: afterStart(({ length }) => ({ length: length - 1 })),
  },
  'not-connected-wrong-error': {
    title: 'Reports that there is no control connection yet with Error Code 5',
    section: '2.16',
    breaks: [],
    instead: wrongError(GeneralError.notConnected),
  },
  'bad-format-wrong-error': {
    title: 'Reports a wrong Length with Error Code 5',
    section: '2.16',
    breaks: [],
    instead: wrongError(GeneralError.badFormat),
  },
  'refusal-type-swapped': {
    title: 'Replies that refuse have their Control Message Type with the octets swapped',
    section: '1.4',
    breaks: [],
    instead: written(
      (message) => message.name.endsWith('-Reply') && 'resultCode' in message && failure(message),
      (message) => [encodeControl({ ...message, ...TYPE_SWAPPED(message) } as ControlMessage)],
    ),
  },
} satisfies Record<string, Fault>
