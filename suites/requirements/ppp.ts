import { advised, byScenario, documentSection, implied, must, mustNot, should } from './entry.ts'

/**
 * Requirements of the documents of PPP, as far as a session through the tunnel decides them. RFC
 * 2637 leaves login, encryption and addresses to PPP (section 5): a tunnel works if these work
 * through it.
 */
export const PPP = {
  ...documentSection('RFC 1332', '3.3', {
    'peer-provides': implied(
      8,
      'receiver',
      byScenario.recipient,
      'An end that asks for the address 0.0.0.0 is offered one in a Configure-Nak, and gets it when it asks for that.',
    ),
  }),
  ...documentSection('RFC 1334', '2.2.1', {
    request: must(
      5,
      'authenticated',
      byScenario.both,
      'An end that has agreed to prove itself by PAP sends an Authenticate-Request.',
    ),
  }),
  ...documentSection('RFC 1334', '2.2.2', {
    ack: must(
      7,
      'authenticator',
      byScenario.recipient,
      'A name with its right secret is answered with Authenticate-Ack.',
    ),
    nak: must(
      7,
      'authenticator',
      byScenario.recipient,
      'A name with a wrong secret, or an unknown name, is answered with Authenticate-Nak.',
    ),
  }),
  ...documentSection('RFC 1661', '3.4', {
    'back-to-establishment': implied(
      7,
      'receiver',
      byScenario.both,
      'A Configure-Request on an open link takes the link back to its establishment; from there it can be opened anew.',
    ),
  }),
  ...documentSection('RFC 1661', '3.5', {
    'authentication-first': mustNot(
      8,
      ['authenticator', 'authenticated'],
      byScenario.both,
      'No network-layer protocol is opened before the authentication that was asked for is completed.',
    ),
    'failure-terminates': should(
      8,
      'authenticator',
      byScenario.recipient,
      'The end that asked for authentication terminates the link when it fails.',
    ),
    'others-discarded': must(
      8,
      'receiver',
      byScenario.recipient,
      'Packets of other protocols are silently dropped while authentication is going on.',
    ),
  }),
  ...documentSection('RFC 1661', '5.5', {
    'terminate-ack': must(
      33,
      'receiver',
      byScenario.both,
      'Terminate-Request is answered with Terminate-Ack.',
    ),
  }),
  ...documentSection('RFC 1661', '5.7', {
    'unknown-reported': must(
      35,
      'receiver',
      byScenario.both,
      'A packet of an unknown protocol is answered with Protocol-Reject while LCP is open.',
    ),
    'rejected-protocol': implied(
      35,
      'receiver',
      byScenario.both,
      'Protocol-Reject names the protocol that it rejects.',
    ),
    'rejected-information': implied(
      36,
      'receiver',
      byScenario.both,
      'After the protocol, Protocol-Reject has a copy of the rejected information.',
    ),
    'stops-sending': must(
      35,
      'sender',
      byScenario.both,
      'Once a protocol was rejected, no more packets of it are sent.',
    ),
  }),
  ...documentSection('RFC 1661', '5.8', {
    'echo-reply': must(
      36,
      'receiver',
      byScenario.both,
      'Echo-Request is answered with Echo-Reply while LCP is open.',
    ),
    identifier: implied(
      37,
      'receiver',
      byScenario.both,
      'Identifier of an Echo-Reply is that of the Echo-Request.',
    ),
    'magic-number': must(
      37,
      'sender',
      byScenario.both,
      "Magic-Number of an Echo-Reply is its sender's own: the one that was negotiated, or 0.",
    ),
  }),
  ...documentSection('RFC 1661', '6.5', {
    'both-forms': must(
      48,
      'receiver',
      byScenario.both,
      'An end that offered to take protocol numbers of one octet takes them with one octet and with two.',
    ),
  }),
  ...documentSection('RFC 1661', '6.6', {
    'both-forms': implied(
      50,
      'receiver',
      byScenario.both,
      'An end that offered to take frames without the octets FF 03 takes frames without and with them.',
    ),
  }),
  ...documentSection('RFC 1994', '4.1', {
    response: must(
      7,
      'authenticated',
      byScenario.both,
      'An end that has agreed to prove itself by CHAP answers each Challenge with a Response.',
    ),
    'response-value': implied(
      8,
      'authenticated',
      byScenario.both,
      'The Value of a Response follows from the secret and the Challenge.',
    ),
    'value-changed': must(8, 'authenticator', byScenario.recipient, 'Each Challenge has another Value.'),
  }),
  ...documentSection('RFC 1994', '4.2', {
    success: must(
      9,
      'authenticator',
      byScenario.recipient,
      'A Response that proves the secret is answered with Success.',
    ),
    failure: must(
      9,
      'authenticator',
      byScenario.recipient,
      'A Response that does not prove the secret is answered with Failure.',
    ),
  }),
  ...documentSection('RFC 2433', '8', {
    'error-code': implied(
      4,
      'authenticator',
      byScenario.recipient,
      'The Message of a Failure has the format of MS-CHAP, with E=691 for a wrong name or secret.',
    ),
    version: should(
      5,
      'authenticator',
      byScenario.recipient,
      'The Message of a Failure has V=2 or a higher V.',
    ),
  }),
  ...documentSection('RFC 2759', '5', {
    'authenticator-response': implied(
      5,
      'authenticator',
      byScenario.recipient,
      'Success proves that the authenticator knows the secret, too: both ends can compute S from it; its digits are capitals.',
    ),
    verified: must(
      5,
      'authenticated',
      byScenario.both,
      'An end that gets a Success without that proof ends the session.',
    ),
  }),
  ...documentSection('RFC 2759', '6', {
    'error-code': implied(
      5,
      'authenticator',
      byScenario.recipient,
      'The Message of a Failure has the format of MS-CHAPv2, with E=691 for a wrong name or secret.',
    ),
    challenge: must(
      5,
      'authenticator',
      byScenario.recipient,
      'The Message of a Failure has C= and a challenge of 32 hexadecimal digits.',
    ),
    version: should(6, 'authenticator', byScenario.recipient, 'The Message of a Failure has V=3.'),
  }),
  ...documentSection('RFC 3078', '2.1', {
    strongest: should(
      3,
      'receiver',
      byScenario.both,
      'If the peer offers several key sizes, the Configure-Nak asks for the largest, and for no other.',
    ),
  }),
  ...documentSection('RFC 3078', '3', {
    'datagrams-encrypted': implied(
      4,
      'sender',
      byScenario.both,
      'Once CCP has agreed on encryption, datagrams are encrypted.',
    ),
    'others-in-the-clear': implied(
      4,
      'sender',
      byScenario.both,
      'Packets that are no datagrams (protocol numbers beyond 0x0021 to 0x00FA: LCP, CCP, IPCP) are sent in the clear.',
    ),
    'clear-not-taken': advised(
      4,
      'receiver',
      byScenario.both,
      'A datagram in the clear is not taken if encryption was demanded and agreed on.',
      'P-01',
    ),
  }),
  ...documentSection('RFC 3078', '3.1', {
    'flushed-each': must(
      5,
      'sender',
      byScenario.both,
      'In stateless mode bit A is set in every encrypted packet.',
    ),
    'encrypted-bit': implied(5, 'sender', byScenario.both, 'Bit D is set in every encrypted packet.'),
    'coherency-count': implied(
      6,
      'sender',
      byScenario.both,
      'The coherency count goes up by one with each packet, and from 4095 to 0.',
    ),
  }),
  ...documentSection('RFC 3078', '7.1', {
    'key-for-each': must(
      7,
      'sender',
      byScenario.both,
      'In stateless mode each packet has a session key of its own: its receiver can read all of them.',
    ),
  }),
  ...documentSection('RFC 3078', '7.2', {
    'key-on-flag': must(
      7,
      'sender',
      byScenario.both,
      'In stateful mode the session key changes with each packet whose coherency count ends in FF: later packets can be read as well.',
    ),
  }),
  ...documentSection('RFC 3078', '8.1', {
    'catches-up': must(
      8,
      'receiver',
      byScenario.both,
      'In stateless mode a packet can be read whatever was lost before it.',
    ),
  }),
  ...documentSection('RFC 3078', '8.2', {
    'reset-requested': must(
      9,
      'receiver',
      byScenario.both,
      'In stateful mode a loss draws a Reset-Request, and the packet that shows it is dropped.',
    ),
    'flushed-read': must(
      9,
      'receiver',
      byScenario.both,
      'After a loss the first packet with bit A set is read, and all that follow it.',
    ),
    'reset-heeded': must(
      9,
      'sender',
      byScenario.both,
      'The next packet after a Reset-Request has bit A set, and can be read without those before it.',
    ),
  }),
  ...documentSection('RFC 3079', '2', {
    keys: implied(
      2,
      ['sender', 'receiver'],
      byScenario.both,
      'After MS-CHAP both ends derive the same session keys from the secret and, at 128 bit, the challenge: one key for both directions.',
    ),
  }),
  ...documentSection('RFC 3079', '3', {
    keys: implied(
      7,
      ['sender', 'receiver'],
      byScenario.both,
      'After MS-CHAPv2 both ends derive the same session keys from the secret, one for each direction.',
    ),
  }),
}
