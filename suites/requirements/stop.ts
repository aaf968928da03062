import { BY_CHANCE, byMonitor, byScenario, implied, may, section, should, UNSEEN, unseen } from './entry.ts'

const OWN_REASON = unseen('Only the implementation knows why it stops.')

/** Sections 2.3 and 2.4: stopping the control connection. */
export const STOP = {
  ...section('2.3', {
    'sent-by-either': may(
      15,
      ['PAC', 'PNS'],
      UNSEEN.choice,
      'Either peer may ask for the control connection to be closed.',
    ),
    'calls-cleared': implied(
      15,
      ['PAC', 'PNS'],
      byScenario.both,
      'Stopping the control connection clears all of its calls: no more data in their tunnels.',
      'A-29',
    ),
    reason: implied(15, 'sender', BY_CHANCE.stops.both, 'Reason is one of 1 to 3.'),
    'reason-none': implied(
      16,
      'sender',
      OWN_REASON,
      'Reason 1 asks for the control connection to be cleared and gives no cause.',
    ),
    'reason-stop-protocol': implied(
      16,
      'sender',
      byScenario.originator,
      "Reason 2 says that the peer's version cannot be supported.",
    ),
    'reason-local-shutdown': implied(
      16,
      'sender',
      OWN_REASON,
      'Reason 3 says that the sender is shutting down.',
    ),
    'reason-none-received': implied(
      16,
      'receiver',
      byScenario.both,
      'A request with Reason 1 ends the control connection.',
    ),
    'reason-stop-protocol-received': implied(
      16,
      'receiver',
      byScenario.both,
      'A request with Reason 2 ends the control connection.',
    ),
    'reason-local-shutdown-received': implied(
      16,
      'receiver',
      byScenario.both,
      'A request with Reason 3 ends the control connection.',
    ),
    'reason-undefined-received': implied(
      15,
      'receiver',
      byScenario.both,
      'A request with an undefined Reason is answered with success or Bad-Value, or the connection is closed.',
      'A-09',
    ),
  }),
  ...section('2.4', {
    'sent-in-reply': should(
      16,
      'receiver',
      byScenario.both,
      'A Stop-Control-Connection-Request is answered with a Stop-Control-Connection-Reply (also sections 3.1.1 and 3.1.2).',
    ),
    'one-reply': implied(
      16,
      'receiver',
      byMonitor.both,
      'Each Stop-Control-Connection-Reply answers a Stop-Control-Connection-Request, and each request draws one at most.',
      'A-23',
    ),
    'result-code': implied(
      17,
      'receiver',
      byScenario.both,
      'Result Code is 1 when the control connection is being closed.',
    ),
    'result-code-defined': implied(16, 'receiver', byMonitor.both, 'Result Code is 1 or 2.'),
    'result-general-error': implied(
      17,
      'receiver',
      byScenario.both,
      'Result Code 2 says that the connection was not closed: it goes on.',
      'A-28',
    ),
    'general-error-received': implied(
      17,
      'sender',
      byScenario.originator,
      'After a reply with Result Code 2 the requester asks again or closes; it does not hang.',
      'A-28',
    ),
    'undefined-result-received': implied(
      16,
      'sender',
      byScenario.originator,
      'After a reply with an undefined Result Code the requester asks again or closes; it does not hang.',
      'A-09',
    ),
    'error-code': implied(17, 'receiver', byMonitor.both, 'Error Code is 0 unless Result Code is 2.', 'A-14'),
  }),
}
