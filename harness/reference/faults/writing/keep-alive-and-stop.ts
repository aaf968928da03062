import { GeneralError } from '../../../protocol/messages.ts'
import { NO_ECHO } from '../consequences.ts'
import type { Fault } from '../fault.ts'
import { dropped, patched, repeated, success, TYPE_SWAPPED } from './patch.ts'

/** Faults in writing echo and stop messages. */
export const KEEP_ALIVE_AND_STOP_FAULTS = {
  'stop-closes-without-reply': {
    title: 'Closes on a stop request without a stop reply',
    section: '2.4',
    breaks: ['2.4/sent-in-reply', '3.1.1/stop-answered'],
    consequences: ['3.1.1/stop-reply-delivered'],
    instead: dropped('Stop-Control-Connection-Reply'),
  },
  'stop-reply-result-0': {
    title: 'Sends its stop reply with Result Code 0',
    section: '2.4',
    breaks: ['2.4/result-code', '2.4/result-code-defined'],
    consequences: ['2.3/reason-undefined-received', '2.4/error-code', '3.1.2/nothing-after-stop'],
    instead: patched('Stop-Control-Connection-Reply', () => ({ resultCode: 0 })),
  },
  'stop-reply-error-set': {
    title: 'Sends its stop reply with Result Code 1 and Error Code 6',
    section: '2.4',
    breaks: ['2.4/error-code'],
    instead: patched('Stop-Control-Connection-Reply', () => ({ errorCode: 6 }), success),
  },
  'stop-reply-reserved-nonzero': {
    title: 'Sends its stop reply with Reserved1 as 1',
    section: '2.4',
    breaks: ['2.4/reserved1', '2/reserved-sent-zero'],
    instead: patched('Stop-Control-Connection-Reply', () => ({ reserved1: 1 })),
  },
  'stop-reply-twice': {
    title: 'Sends its stop reply twice',
    section: '2.4',
    breaks: ['2.4/one-reply'],
    consequences: [
      '3.1.1/stop-closes',
      '3.1.2/nothing-after-stop',
      '3.1.2/stop-closes',
      '3/no-retransmission',
      '3/unexpected-message',
    ],
    instead: repeated('Stop-Control-Connection-Reply'),
  },
  'echo-no-reply': {
    title: 'Does not answer Echo-Request',
    section: '2.6',
    breaks: ['2.5/reply-to-each'],
    consequences: NO_ECHO,
    instead: dropped('Echo-Reply'),
  },
  'echo-reply-twice': {
    title: 'Answers Echo-Request twice',
    section: '2.6',
    breaks: ['2.6/one-reply'],
    consequences: [
      '2.5/reply-to-each',
      '2.6/identifier',
      '3.1.4/keep-alive-sent',
      '3/no-retransmission',
      '3/unexpected-message',
    ],
    instead: repeated('Echo-Reply'),
  },
  'echo-wrong-identifier': {
    title: 'Sends Echo-Reply with a wrong Identifier',
    section: '2.6',
    breaks: ['2.6/identifier'],
    consequences: NO_ECHO,
    instead: patched('Echo-Reply', (m) => ({ identifier: (m.identifier ^ 1) >>> 0 })),
  },
  'echo-reply-result-0': {
    title: 'Sends Echo-Reply with Result Code 0',
    section: '2.6',
    breaks: ['2.6/result-code', '2.6/result-code-defined'],
    consequences: ['2/reserved-received'],
    instead: patched('Echo-Reply', () => ({ resultCode: 0 }), success),
  },
  'echo-reply-error-set': {
    title: 'Sends Echo-Reply with Result Code 1 and Error Code 6',
    section: '2.6',
    breaks: ['2.6/error-code'],
    instead: patched('Echo-Reply', () => ({ errorCode: 6 }), success),
  },
  'echo-reply-reserved-nonzero': {
    title: 'Sends Echo-Reply with Reserved1 as 65535',
    section: '2.6',
    breaks: ['2.6/reserved1', '2/reserved-sent-zero'],
    instead: patched('Echo-Reply', () => ({ reserved1: 0xffff })),
  },
  'stop-request-undefined-reason': {
    title: 'Sends its stop request with Reason 0',
    section: '2.3',
    iut: 'originator',
    breaks: ['2.3/reason'],
    consequences: ['2.3/reason-stop-protocol'],
    instead: patched('Stop-Control-Connection-Request', () => ({ reason: 0 })),
  },
  'stop-request-reserved-nonzero': {
    title: 'Sends its stop request with Reserved1 and Reserved2 as 1',
    section: '2.3',
    iut: 'originator',
    breaks: ['2.3/reserved1', '2.3/reserved2', '2/reserved-sent-zero'],
    instead: patched('Stop-Control-Connection-Request', () => ({
      reserved1: 1,
      reserved2: 1,
    })),
  },
  'stop-request-type-swapped': {
    title: 'Sends its stop request with the octets of the Control Message Type swapped',
    section: '2.3',
    iut: 'originator',
    breaks: ['2.3/control-message-type'],
    consequences: [
      '1.4/control-message-type-sent',
      '1.4/version-agreed',
      '1.4/version-compared',
      '2/network-order-received',
      '3.1.1/earlier-version-stops',
      '3.1.1/later-version',
      '3.1.1/reply-examined',
    ],
    instead: patched('Stop-Control-Connection-Request', TYPE_SWAPPED),
  },
  'echo-request-type-swapped': {
    title: 'Sends its second Echo-Request with the octets of the Control Message Type swapped',
    section: '2.5',
    breaks: ['2.5/control-message-type'],
    consequences: ['1.4/control-message-type-sent'],
    instead: patched('Echo-Request', TYPE_SWAPPED, ({ identifier }) => identifier > 1),
  },
  'echo-high-identifier-refused': {
    title: 'Answers an Echo-Request with an Identifier above 0x7FFFFFFF with Bad-Value',
    section: '2.6',
    breaks: ['2.6/result-general-error'],
    consequences: ['2.6/result-code'],
    instead: patched(
      'Echo-Reply',
      () => ({ resultCode: 2, errorCode: GeneralError.badValue }),
      (m) => success(m) && m.identifier > 0x7fffffff,
    ),
  },
} satisfies Record<string, Fault>
