import { byMonitor, byScenario, implied, must, section, should, UNSEEN } from './entry.ts'

/** Section 2.15: how the PNS tells the PAC what PPP agreed on. */
export const SET_LINK_INFO = {
  ...section('2.15', {
    'sent-by-pns': implied(35, 'PAC', byMonitor.both, 'Set-Link-Info goes from PNS to PAC only.', 'A-06'),
    accepted: implied(
      35,
      'PAC',
      byScenario.recipient,
      'Set-Link-Info may come at any time of a call; it draws no answer and disturbs neither call nor connection.',
      'A-07',
    ),
    'call-updated': must(
      35,
      'PAC',
      UNSEEN.line,
      'The PAC can change what it knows of a call while the call goes on.',
      'A-08',
    ),
    'negotiation-goes-on': must(
      35,
      'PAC',
      byScenario.recipient,
      'The PAC can carry PPP negotiation on a session that is already up.',
      'A-07',
    ),
    'peers-call-id': implied(
      35,
      'PNS',
      byMonitor.originator,
      "Peer's Call ID is the Call ID that the PAC assigned to the call.",
    ),
    'unknown-call': implied(
      35,
      'PAC',
      byScenario.recipient,
      'Set-Link-Info for no known call leaves live calls and the connection alone.',
      'A-05',
    ),
    'send-accm': should(
      36,
      'PAC',
      UNSEEN.line,
      'Send ACCM is the map used for packets that go out to the client.',
      'A-08',
    ),
    'send-accm-default': implied(
      36,
      'PAC',
      UNSEEN.line,
      'Until Set-Link-Info comes, the map for outgoing packets is 0xFFFFFFFF.',
      'A-08',
    ),
    'receive-accm': should(
      36,
      'PAC',
      UNSEEN.line,
      'Receive ACCM is the map used for packets that come in from the client.',
      'A-08',
    ),
    'receive-accm-default': implied(
      36,
      'PAC',
      UNSEEN.line,
      'Until Set-Link-Info comes, the map for incoming packets is 0xFFFFFFFF.',
      'A-08',
    ),
    'accm-outside-tunnel': implied(
      36,
      'PAC',
      byScenario.recipient,
      'The maps are for the line: whatever they say, no character is escaped in the tunnel.',
      'A-07',
    ),
  }),
}
