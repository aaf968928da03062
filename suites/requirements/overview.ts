import { byMonitor, byScenario, implied, may, must, section, should, UNSEEN, unseen } from './entry.ts'

/** Sections 1 to 1.3.2: who takes part, and what a control connection and a tunnel are. */
export const OVERVIEW = {
  ...section('1', {
    'pac-functions': implied(
      4,
      'PAC',
      UNSEEN.design,
      'The PAC has the lines: it owns the interface, ends the LCP of dial-in clients and may authenticate them.',
    ),
    'pns-functions': implied(
      4,
      'PNS',
      UNSEEN.design,
      'The PNS has the networks: it bundles multilink channels, ends the NCPs, routes or bridges, and may authenticate.',
    ),
  }),
  ...section('1.1', {
    'two-parties': implied(
      4,
      ['PAC', 'PNS'],
      UNSEEN.design,
      'Only PAC and PNS take part in PPTP; no other system has to know of it.',
    ),
    'ordinary-ppp': should(
      4,
      ['PAC', 'PNS'],
      byScenario.both,
      'Ordinary PPP works through the tunnel: to the PPP peer it looks like any link.',
    ),
    'caller-is-pns': implied(
      5,
      ['originator'],
      byMonitor.originator,
      'Where two machines tunnel PPP between themselves, the one that calls is the PNS: it sends Outgoing-Call-Request.',
      'A-01',
    ),
    'several-pns': may(5, 'PAC', UNSEEN.choice, 'One PAC may serve several PNSs.'),
    'several-pacs': may(5, 'PNS', UNSEEN.choice, 'One PNS may work with several PACs.'),
    'algorithms-free': may(
      5,
      ['PAC', 'PNS'],
      UNSEEN.choice,
      'How flow and congestion are controlled is left to the implementation (also section 1.3.2).',
    ),
  }),
  ...section('1.2', {
    'control-over-tcp': implied(
      5,
      ['PAC', 'PNS'],
      unseen('A control message outside TCP could not be recognized as one.'),
      'Control messages travel over TCP, and nowhere else.',
    ),
    'pac-other-protocols': may(6, 'PAC', UNSEEN.choice, 'A PAC may tunnel protocols other than IP.'),
    'pns-any-interface': may(6, 'PNS', UNSEEN.choice, 'A PNS may use any interface that carries IP.'),
    'session-state': implied(6, ['PAC', 'PNS'], UNSEEN.inside, 'PAC and PNS keep state for each user.'),
    'session-datagrams': implied(
      6,
      ['PAC', 'PNS'],
      byMonitor.both,
      'The data of a session travels between the two addresses of its control connection.',
    ),
  }),
  ...section('1.3', {
    'two-components': implied(
      6,
      ['PAC', 'PNS'],
      unseen('It sums up sections 2 to 4, which have entries of their own.'),
      'Calls are controlled over TCP, and their PPP packets travel beside it in GRE over IP.',
    ),
  }),
  ...section('1.3.1', {
    'control-first': must(
      7,
      ['PAC', 'PNS'],
      byMonitor.both,
      'No PPP packet is tunnelled before the control connection is established.',
    ),
    'calls-apart': implied(
      7,
      ['PAC', 'PNS'],
      byScenario.both,
      'The control connection is separate from the sessions that it controls: it outlives them.',
      'A-27',
    ),
    'established-by-either': may(
      7,
      ['PAC', 'PNS'],
      UNSEEN.choice,
      'Either PAC or PNS may establish the control connection.',
    ),
    'start-exchange': implied(
      7,
      ['originator', 'recipient'],
      byScenario.both,
      'A control connection is established by exchanging Start-Control-Connection-Request and -Reply once TCP is up.',
    ),
    'sessions-by-either': may(
      7,
      ['PAC', 'PNS'],
      UNSEEN.choice,
      'On an established control connection either side may start sessions.',
    ),
    'link-info': may(
      7,
      'PNS',
      UNSEEN.choice,
      'Changes in how a session works may be told with Set-Link-Info.',
      'A-06',
    ),
    'release-by-either': may(
      7,
      ['PAC', 'PNS'],
      UNSEEN.choice,
      'Either side may release a session, each with its own message.',
      'A-02',
    ),
    'keep-alive': implied(
      7,
      ['PAC', 'PNS'],
      byScenario.both,
      'Echo messages keep the control connection and reveal its loss (section 3.1.4 says when).',
    ),
    'failures-reported': may(
      7,
      'PAC',
      UNSEEN.choice,
      'Other failures may be reported with WAN-Error-Notify.',
    ),
  }),
  ...section('1.3.2', {
    'tunnel-per-pair': implied(
      7,
      ['PAC', 'PNS'],
      unseen('A tunnel is nothing but the pair of addresses; GRE has no other sign of it.'),
      'Each pair of PAC and PNS has one tunnel.',
    ),
    'several-sessions': implied(
      7,
      ['PAC', 'PNS'],
      byScenario.both,
      'One tunnel, and so one control connection, carries several sessions.',
    ),
    'key-selects-session': implied(
      7,
      'receiver',
      byScenario.both,
      'A PPP packet belongs to the session that the key of its GRE header names.',
    ),
    'key-from-call': implied(
      8,
      'sender',
      byMonitor.both,
      'The key of a packet is the one that was agreed on when the call was established.',
      'A-49',
    ),
    'parameters-from-call': implied(
      8,
      'sender',
      byMonitor.both,
      'How much may be under way in the tunnel comes from the window agreed on over the control connection.',
    ),
  }),
}
