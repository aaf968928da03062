import { byMonitor, byScenario, implied, section, should, UNSEEN, unseen } from './entry.ts'

/**
 * Section 2.16: general error codes. By verified errata 4790 to 4793 the Error Code fields refer to
 * this section.
 */
export const ERROR_CODES = {
  ...section('2.16', {
    examined: should(
      36,
      'receiver',
      UNSEEN.inside,
      'After a reply with a general error, the requester looks at the Error Code.',
      'A-14',
    ),
    'error-code-defined': implied(36, 'sender', byMonitor.both, 'Error Code is one of 0 to 6.'),
    'error-code-given': should(
      36,
      'sender',
      byMonitor.both,
      'A general error (Result Code 2) comes with the Error Code that says which error it is.',
      'A-16',
    ),
    none: implied(36, 'sender', byMonitor.both, 'Error Code 0 says that there is no general error.', 'A-16'),
    'not-connected': implied(
      36,
      'receiver',
      byScenario.recipient,
      'Error Code 1 says that there is no control connection yet.',
      'A-37',
    ),
    'bad-format': implied(
      36,
      'receiver',
      byScenario.both,
      'A message with another Length than that of its type is not executed: the receiver closes the connection or answers Bad-Format.',
      'A-09',
    ),
    'bad-format-code': implied(
      36,
      'receiver',
      byScenario.recipient,
      'A wrong Length or Magic Cookie is answered with Error Code 2, if it is answered.',
      'A-09',
    ),
    'bad-value': implied(
      36,
      'receiver',
      byScenario.both,
      'A value out of range, or a reserved field that is not 0, is answered with Error Code 3, if it is answered.',
      'A-09',
    ),
    'no-resource': implied(
      36,
      'receiver',
      byScenario.recipient,
      'Error Code 4 says that resources are short: a call for which there are none is refused with it, or as not accepted.',
    ),
    'bad-call-id': implied(
      36,
      'receiver',
      byScenario.recipient,
      'A Call ID that makes no sense is answered with Error Code 5, if it is answered.',
      'A-05',
    ),
    'pac-error': implied(
      36,
      'PAC',
      unseen('Only the vendor knows what counts as a vendor-specific error of a PAC.'),
      'Error Code 6 reports a vendor-specific error inside the PAC.',
    ),
    'pac-error-by-pac': implied(
      36,
      'PNS',
      byMonitor.originator,
      'Error Code 6 is for PACs; a PNS does not send it.',
    ),
  }),
}
