import { advised, byScenario, implied, section, unseen } from './entry.ts'

const NOT_PPTP = unseen('It is about PPP or about attackers, and asks nothing of a PPTP implementation.')

/** Section 5: what PPTP does not protect. */
export const SECURITY = {
  ...section('5', {
    'data-secured-by-ppp': implied(54, ['PAC', 'PNS'], NOT_PPTP, 'Securing user data is left to PPP.'),
    'peers-authenticated-by-ppp': implied(
      54,
      ['PAC', 'PNS'],
      NOT_PPTP,
      'Authenticating the PPP peers is left to PPP.',
    ),
    'control-unauthenticated': advised(
      54,
      'receiver',
      byScenario.both,
      'Control messages carry no proof of origin or integrity: a well-formed message is served without one.',
    ),
    'control-forgeable': implied(
      54,
      ['PAC', 'PNS'],
      NOT_PPTP,
      'An attacker may take over the TCP connection, and forge or alter control messages.',
    ),
    'tunnel-unprotected': advised(
      54,
      'receiver',
      byScenario.both,
      'GRE packets are not protected cryptographically: a well-formed packet is taken without proof.',
    ),
    'negotiation-exposed': implied(
      54,
      ['PAC', 'PNS'],
      NOT_PPTP,
      'An attacker on the path may read and change the negotiations of PPP.',
    ),
    'payload-exposed': implied(
      55,
      ['PAC', 'PNS'],
      NOT_PPTP,
      'Payloads that PPP does not encrypt can be read and changed.',
    ),
  }),
}
