import type { Mutant } from './mutant.ts'

/** Faults of the PPP peer behind a call that only a whole session shows. */
export const PPP_MUTANTS = {
  'ppp-drops-large': {
    title: 'Drops datagrams of more than 1000 octets that its PPP peer sends',
    section: '4',
    breaks: ['PPP packets get through the tunnel'],
  },
  'ppp-wants-address-and-control': {
    title: 'Drops datagrams without FF 03, although it offered to take them',
    section: '4',
    breaks: ['Frames without FF 03 are understood once that was agreed'],
  },
  'ppp-refuses-address-and-control': {
    title: 'Drops datagrams with FF 03',
    section: '4',
    breaks: ['Frames with FF 03 are always understood'],
  },
  'ppp-wants-whole-protocol': {
    title: 'Drops datagrams with a protocol number of one octet, although it offered to take them',
    section: 'RFC 1661 6.5',
    breaks: ['Protocol numbers of one octet and of two are the same'],
  },
  'ppp-accepts-any-secret': {
    title: 'Lets everybody in, whatever the secret',
    section: 'RFC 1994 4.2',
    breaks: ['A wrong secret is refused'],
  },
  'ppp-network-without-login': {
    title: 'Refuses a wrong secret and opens the network all the same',
    section: 'RFC 1661 3.5',
    breaks: ['The network is not open before authentication'],
  },
  'ppp-stays-after-refusal': {
    title: 'Refuses a wrong secret and leaves the link open',
    section: 'RFC 1661 3.5',
    breaks: ['A failed authentication terminates the link'],
  },
  'ppp-network-after-failure': {
    title: 'Told that its login failed, begins with the network all the same',
    section: 'RFC 1661 3.5',
    breaks: ['The network is not open before authentication'],
  },
  'ppp-login-optional': {
    title: 'Lets those in who reject the authentication option',
    section: 'RFC 1661 3.5',
    breaks: ['The network is not open before authentication'],
  },
  'ppp-answers-too-early': {
    title: 'Acknowledges IPCP before anybody has logged in',
    section: 'RFC 1661 3.5',
    breaks: ['Other packets are dropped while authentication is going on'],
  },
  'ppp-no-verdict': {
    title: 'Never tells what came of a login',
    section: 'RFC 1994 4.2',
    breaks: ['A proof is answered'],
  },
  'ppp-same-challenge': {
    title: 'Sends the same Challenge each time',
    section: 'RFC 1994 4.1',
    breaks: ['Each Challenge has another Value'],
  },
  'ppp-wrong-authenticator-response': {
    title: 'Its Success does not prove that it knows the secret',
    section: 'RFC 2759 5',
    breaks: ['MS-CHAPv2 proves both ends'],
  },
  'ppp-failure-without-code': {
    title: 'Failure of MS-CHAP carries plain text',
    section: 'RFC 2759 6',
    breaks: ['The Message of a Failure has an error code'],
  },
  'ppp-failure-without-challenge': {
    title: 'Failure of MS-CHAP has no C',
    section: 'RFC 2759 6',
    breaks: ['The Message of a Failure has a new challenge'],
  },
  'ppp-failure-old-version': {
    title: 'Failure of MS-CHAP has a V of 0',
    section: 'RFC 2759 6',
    breaks: ['The Message of a Failure names the version of changing passwords'],
  },
  'ppp-never-proves': {
    title: 'Agrees to prove itself and never does',
    section: 'RFC 1994 4.1',
    breaks: ['A Challenge is answered with a Response'],
  },
  'ppp-proves-wrongly': {
    title: 'Proves itself with another secret than its own',
    section: 'RFC 1994 4.1',
    breaks: ['A Response proves the secret'],
  },
  'ppp-trusts-any-success': {
    title: 'Goes on after a Success that does not prove that the authenticator knows the secret',
    section: 'RFC 2759 5',
    breaks: ['A Success without proof ends the session'],
  },
  'ppp-ignores-protocol-reject': {
    title: 'Goes on with a protocol that was rejected',
    section: 'RFC 1661 5.7',
    breaks: ['A rejected protocol is not sent any more'],
  },
  'lcp-no-protocol-reject': {
    title: 'Ignores a protocol that it does not know',
    section: 'RFC 1661 5.7',
    breaks: ['An unknown protocol is rejected'],
  },
  'lcp-protocol-reject-other': {
    title: 'Protocol-Reject names another protocol',
    section: 'RFC 1661 5.7',
    breaks: ['Protocol-Reject names the protocol that it rejects'],
  },
  'lcp-protocol-reject-empty': {
    title: 'Protocol-Reject has no copy of what it rejects',
    section: 'RFC 1661 5.7',
    breaks: ['Protocol-Reject copies what it rejects'],
  },
  'lcp-echo-wrong-magic': {
    title: 'LCP Echo-Reply has another Magic-Number than its own',
    section: 'RFC 1661 5.8',
    breaks: ['Magic-Number is the one that was negotiated'],
  },
  'lcp-no-renegotiation': {
    title: 'Ignores Configure-Request on a link whose network is up',
    section: 'RFC 1661 3.4',
    breaks: ['An open link can be negotiated again'],
  },
  'ipcp-rejects-asking': {
    title: 'Rejects the request for an address',
    section: 'RFC 1332 3.3',
    breaks: ['Who asks for an address is told one'],
  },
  'mppe-weakest': {
    title: 'Chooses the weakest of several key sizes',
    section: 'RFC 3078 2.1',
    breaks: ['The largest key size is chosen'],
  },
  'mppe-sends-clear': {
    title: 'Sends datagrams in the clear although encryption was agreed',
    section: 'RFC 3078 3',
    breaks: ['Datagrams are encrypted'],
  },
  'mppe-takes-clear': {
    title: 'Takes datagrams in the clear although encryption was agreed',
    section: 'RFC 3078 3',
    breaks: ['Datagrams in the clear are dropped'],
  },
  'mppe-encrypts-everything': {
    title: 'Encrypts LCP as well',
    section: 'RFC 3078 3',
    breaks: ['Only datagrams are encrypted'],
  },
  'mppe-wrong-keys': {
    title: 'Encrypts with keys that do not follow from the secret',
    section: 'RFC 3079 3',
    breaks: ['Both ends derive the same keys'],
  },
  'mppe-keeps-key': {
    title: 'Never changes its session key',
    section: 'RFC 3078 7',
    breaks: ['The session key changes'],
  },
  'mppe-not-flushed': {
    title: 'Clears bit A in stateless mode',
    section: 'RFC 3078 3.1',
    breaks: ['Bit A is 1 in every packet of stateless mode'],
  },
  'mppe-not-marked-encrypted': {
    title: 'Clears bit D of encrypted packets',
    section: 'RFC 3078 3.1',
    breaks: ['Bit D of an encrypted packet is 1'],
  },
  'mppe-count-skips': {
    title: 'Its coherency count goes up by two',
    section: 'RFC 3078 3.1',
    breaks: ['The coherency count goes up by one'],
  },
  'mppe-lost-for-ever': {
    title: 'Reads nothing any more once an encrypted packet was lost',
    section: 'RFC 3078 8',
    breaks: ['A receiver finds its way after a loss'],
  },
  'mppe-no-reset-request': {
    title: 'Sends no Reset-Request after a loss',
    section: 'RFC 3078 8.2',
    breaks: ['A loss draws a Reset-Request in stateful mode'],
  },
  'mppe-ignores-flushed': {
    title: 'Takes no notice of bit A',
    section: 'RFC 3078 8.2',
    breaks: ['Bit A begins anew'],
  },
  'mppe-ignores-reset': {
    title: 'Ignores Reset-Request',
    section: 'RFC 3078 8.2',
    breaks: ['A Reset-Request begins anew'],
  },
} as const satisfies Record<string, Mutant>
