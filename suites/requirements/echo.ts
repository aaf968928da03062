import { byMonitor, byScenario, implied, may, section, UNSEEN } from './entry.ts'

/** Sections 2.5 and 2.6: keeping the control connection alive. */
export const ECHO = {
  ...section('2.5', {
    'sent-by-either': may(
      17,
      ['PAC', 'PNS'],
      UNSEEN.choice,
      'Either peer may send Echo-Request, at any time.',
      'A-31',
    ),
    'reply-to-each': implied(
      17,
      'receiver',
      byScenario.both,
      'Each Echo-Request received is answered with an Echo-Reply.',
    ),
    identifier: implied(18, 'sender', UNSEEN.vendor, 'The sender of the request chooses Identifier.'),
    'identifier-matched': implied(
      18,
      'sender',
      byScenario.both,
      'Echo-Replies are told apart by their Identifier: a reply with another value does not answer the request.',
    ),
  }),
  ...section('2.6', {
    'one-reply': implied(
      18,
      'receiver',
      byMonitor.both,
      'Each Echo-Reply answers an Echo-Request, and each request draws one.',
    ),
    identifier: implied(
      18,
      'receiver',
      byScenario.both,
      'An Echo-Reply carries the Identifier of the Echo-Request that it answers.',
    ),
    'result-code': implied(
      18,
      'receiver',
      byScenario.both,
      'Result Code is 1 when the Echo-Request was valid.',
    ),
    'result-code-defined': implied(18, 'receiver', byMonitor.both, 'Result Code is 1 or 2.'),
    'result-general-error': implied(
      18,
      'receiver',
      byScenario.both,
      'Result Code 2 says that the request was not accepted: a valid request is not answered with it.',
      'A-37',
    ),
    'error-code': implied(19, 'receiver', byMonitor.both, 'Error Code is 0 unless Result Code is 2.', 'A-14'),
  }),
}
