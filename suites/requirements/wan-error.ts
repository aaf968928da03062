import {
  BY_CHANCE,
  byMonitor,
  byScenario,
  implied,
  section,
  should,
  shouldNot,
  UNSEEN,
  unseen,
} from './entry.ts'

/** Section 2.14: errors of the line. */
export const WAN_ERROR = {
  ...section('2.14', {
    'sent-by-pac': implied(33, 'PNS', byMonitor.both, 'WAN-Error-Notify goes from PAC to PNS only.'),
    cumulative: implied(
      33,
      'PAC',
      BY_CHANCE.lineErrors.recipient,
      'The counters of WAN-Error-Notify are cumulative: they never decrease within a call.',
    ),
    'only-on-error': should(
      33,
      'PAC',
      BY_CHANCE.lineErrors.recipient,
      'WAN-Error-Notify is sent only when an error occurred: at least one counter has grown since the last message.',
    ),
    interval: shouldNot(
      33,
      'PAC',
      BY_CHANCE.lineErrors.recipient,
      'WAN-Error-Notify is sent not more than once every 60 seconds for a call.',
      'A-67',
    ),
    'counters-reset': implied(
      33,
      'PAC',
      unseen('Only the PAC counts the errors, so a first value that is not 0 may be right.'),
      'A new call begins with its counters at 0.',
    ),
    'peers-call-id': implied(
      34,
      'PAC',
      BY_CHANCE.lineErrors.recipient,
      "Peer's Call ID is the Call ID that the PNS assigned to the call.",
    ),
    'crc-errors': implied(
      34,
      'PAC',
      UNSEEN.line,
      'CRC Errors counts the PPP frames of the session with a wrong CRC.',
    ),
    'framing-errors': implied(
      34,
      'PAC',
      UNSEEN.line,
      'Framing Errors counts the PPP packets that were framed wrongly.',
    ),
    'hardware-overruns': implied(
      34,
      'PAC',
      UNSEEN.line,
      'Hardware Overruns counts the overruns of the receive buffer in the session.',
    ),
    'buffer-overruns': implied(
      34,
      'PAC',
      UNSEEN.line,
      'Buffer Overruns counts the buffer overruns detected in the session.',
    ),
    'time-out-errors': implied(35, 'PAC', UNSEEN.line, 'Time-out Errors counts the time-outs of the call.'),
    'alignment-errors': implied(
      35,
      'PAC',
      UNSEEN.line,
      'Alignment Errors counts the alignment errors of the call.',
    ),
    accepted: implied(
      33,
      'PNS',
      byScenario.both,
      'WAN-Error-Notify is information: it draws no answer and disturbs neither call nor connection.',
    ),
  }),
}
