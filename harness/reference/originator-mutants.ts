import type { Mutant } from './mutant.ts'

/**
 * Faults of a peer that opens the control connection: in what it makes of replies, losses and
 * collisions.
 */
export const ORIGINATOR_MUTANTS = {
  // Start-Control-Connection-Reply
  'start-reply-capabilities-wanted': {
    title: 'Does without a PAC that lacks a framing or a bearer',
    section: '2.2',
    iut: 'originator',
    breaks: ['Capabilities of a peer are taken as they are'],
  },
  'start-reply-firmware-wanted': {
    title: 'Does without a PAC whose Firmware Revision is 0',
    section: '2.2',
    iut: 'originator',
    breaks: ['Any Firmware Revision is legal'],
  },
  'start-reply-full-names-refused': {
    title: 'Does without a PAC whose Host Name or Vendor Name fills its field',
    section: '2.2',
    iut: 'originator',
    breaks: ['A string may fill its field'],
  },
  'start-reply-channels-tracked': {
    title: 'Asks for no call where Maximum Channels is 0',
    section: '2.2',
    iut: 'originator',
    breaks: ['A PNS does not count channels'],
  },
  'start-reply-vendor-distrusted': {
    title: 'Does without a PAC whose vendor is not its own',
    section: '5',
    iut: 'originator',
    breaks: ['Control messages prove nothing, and are served all the same'],
  },
  'start-reply-version-swapped': {
    title: 'Reads Protocol Version of a reply with its low octet first',
    section: '2',
    iut: 'originator',
    breaks: ['The high octet comes first'],
  },
  'start-reply-awaited-briefly': {
    title: 'Closes after 10 s without a start reply',
    section: '3.1.4',
    iut: 'originator',
    breaks: ['A start reply has 60 s to come'],
  },
  'start-reply-awaited-anew': {
    title: 'Every octet starts the 60 s anew in which a start reply has to come',
    section: '3.1.4',
    iut: 'originator',
    breaks: ['A connection that is not established in 60 s is closed'],
  },
  // Stopping
  'stop-version-wrong-reason': {
    title: 'Asks to stop over the version with Reason 3',
    section: '2.3',
    iut: 'originator',
    breaks: ['Reason 2 is for a version that is not supported'],
  },
  'stop-version-goes-on': {
    title: 'Asks to stop over the version, and sends an Echo-Request as if nothing were',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['Having asked to stop it waits for the reply'],
  },
  'stop-reply-ignored': {
    title: 'Does not close on a stop reply, but when 60 s are over',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['A stop reply closes the connection'],
  },
  'stop-reply-awaited-briefly': {
    title: 'Closes 10 s after its stop request',
    section: '3',
    iut: 'originator',
    breaks: ['A reply has 60 s to come'],
  },
  'stop-refusal-hangs': {
    title: 'Goes deaf when its stop request is refused',
    section: '2.4',
    iut: 'originator',
    breaks: ['Who was told that the connection was not closed asks again, or closes'],
  },
  // TCP goes away
  'loss-unnoticed': {
    title: "Does not notice the peer's FIN",
    section: '3',
    iut: 'originator',
    breaks: ['TCP may go away at any time'],
  },
  'dials-once': {
    title: 'Opens no connection any more when it has lost one',
    section: '3',
    iut: 'originator',
    breaks: ['After a loss another connection can be established'],
  },
  // The control connection stalls
  'half-message-stalls-tunnel': {
    title: 'Takes nothing from the tunnel while half a control message has come',
    section: '1.1',
    iut: 'originator',
    breaks: ['PPP goes through the tunnel whatever the control connection does'],
  },
  'echo-backlog-dropped': {
    title: 'Looks at the first 64 messages only of those that come at once',
    section: '2.5',
    iut: 'originator',
    breaks: ['Each Echo-Request is answered'],
  },
  'second-call-reply-ends-call': {
    title: 'Drops its call when another reply to its request comes',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['A reply that nobody waits for is passed over'],
  },
  'calls-as-pac': {
    title: 'Offers a call instead of asking for one',
    section: '1.1',
    iut: 'originator',
    breaks: ['Who calls is the PNS'],
  },
  // Collisions
  'collision-compares-swapped': {
    title: 'Compares addresses with the last octet as the most significant',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['Addresses compare as numbers, the network part more significant'],
  },
  'collision-winner-closes': {
    title: "The winner of a collision closes the loser's connection itself",
    section: '3.1.3',
    iut: 'originator',
    breaks: ['The winner waits for the loser to close'],
  },
  'collision-winner-gives-up': {
    title: 'The winner of a collision closes its own connection',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['The winner waits for the reply to its request'],
  },
  'collision-loser-stops': {
    title: 'The loser of a collision asks to stop before it closes',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['The loser closes without another message'],
  },
} as const satisfies Record<string, Mutant>
