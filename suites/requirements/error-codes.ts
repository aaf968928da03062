import { byMonitor, byScenario, implied, section, should, UNSEEN, unseen } from './entry.ts'

/**
 * Section 2.16: general error codes. Verified errata 4790 to 4793 make it the one that the Error
 * Code fields point to.
 */
export const ERROR_CODES = {
  ...section('2.16', {
    examined: should(
      36,
      'receiver',
      UNSEEN.inside,
      'Told a general error, the requester looks at the Error Code.',
      'A-14',
    ),
    'error-code-defined': implied(36, 'sender', byMonitor.both, 'Error Code is one of 0 to 6.'),
    'error-code-given': should(
      36,
      'sender',
      byMonitor.both,
      'A general error (Result Code 2) comes with the Error Code that says which.',
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
      "A message whose Length is not its type's is not executed: the receiver closes the connection or answers Bad-Format.",
      'A-09',
    ),
    'bad-format-code': implied(
      36,
      'receiver',
      byScenario.recipient,
      'Error Code 2 is the one that answers a wrong Length or Magic Cookie, where an answer is given.',
      'A-09',
    ),
    'bad-value': implied(
      36,
      'receiver',
      byScenario.both,
      'Error Code 3 is the one that answers a value out of range or a reserved field that is not 0, where an answer is given.',
      'A-09',
    ),
    'no-resource': implied(
      36,
      'receiver',
      byScenario.recipient,
      'Error Code 4 says that resources are short: a call beyond what can be served is refused with it or as not accepted.',
    ),
    'bad-call-id': implied(
      36,
      'receiver',
      byScenario.recipient,
      'Error Code 5 is the one that answers a Call ID that makes no sense here, where an answer is given.',
      'A-05',
    ),
    'pac-error': implied(
      36,
      'PAC',
      unseen('What counts as a vendor-specific error of a PAC, the vendor knows.'),
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
