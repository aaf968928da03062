import type { Mutant } from './mutant.ts'

/**
 * Faults of messages that nearly every play has, on rare occasions: a mutant is played wherever its
 * switch is consulted, and it takes one occasion to show that a finding can be anything but a pass.
 */
export const OCCASIONAL_MUTANTS = {
  // Who can be connected to
  'bad-start-ends-listening': {
    title: 'Stops listening when a connection begins with a wrong Magic Cookie or Length',
    section: '3.1.2',
    breaks: ['A recipient listens on port 1723'],
  },
  'number-taken-for-port': {
    title: 'Takes the number that it is to dial for the port to connect to',
    section: '1.4',
    iut: 'originator',
    breaks: ['An originator connects to port 1723'],
  },
  // Starting
  'stop-before-start': {
    title: 'Asks to stop when no start request came in 60 s, and closes then',
    section: '3.1.2',
    breaks: ['A recipient sends nothing before a start request came'],
  },
  'start-request-repeated': {
    title: 'Sends its start request once more when no reply came in 60 s',
    section: '2.1',
    iut: 'originator',
    breaks: ['One start request on each connection'],
  },
  'start-refusal-wrong-cookie': {
    title: 'Refuses a start with another Magic Cookie',
    section: '2.2',
    breaks: ['The Magic Cookie is 0x1A2B3C4D'],
  },
  'start-refusal-management-type': {
    title: 'Refuses a start with PPTP Message Type 2',
    section: '2.2',
    breaks: ['Control messages have PPTP Message Type 1'],
  },
  'version-refusal-as-text': {
    title: 'Refuses a version with a line of text instead of a message',
    section: '1.4',
    breaks: ['Every message begins with Length, PPTP Message Type and Magic Cookie'],
  },
  'restart-without-start': {
    title: 'Sends no start request on a connection opened again',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['The start request is sent as soon as TCP is open'],
  },
  'restart-wrong-cookie': {
    title: 'Its start request on a connection opened again has another Magic Cookie',
    section: '2.1',
    iut: 'originator',
    breaks: ['The Magic Cookie is 0x1A2B3C4D'],
  },
  'restart-management-type': {
    title: 'Its start request on a connection opened again has PPTP Message Type 2',
    section: '2.1',
    iut: 'originator',
    breaks: ['Control messages have PPTP Message Type 1'],
  },
  'restart-type-swapped': {
    title:
      'Its start request on a connection opened again has its Control Message Type with the octets swapped',
    section: '2.1',
    iut: 'originator',
    breaks: ['Start-Control-Connection-Request has Control Message Type 1'],
  },
  'restart-garbage-after-vendor': {
    title: 'Its start request on a connection opened again goes on after the end of Vendor Name',
    section: '2.1',
    iut: 'originator',
    breaks: ['The remainder of Vendor Name is filled with 0'],
  },
  // Keep alive, and stopping
  'echo-request-type-swapped': {
    title: 'Its second Echo-Request has its Control Message Type with the octets swapped',
    section: '2.5',
    breaks: ['Echo-Request has Control Message Type 5'],
  },
  'echo-high-identifier-refused': {
    title: 'Answers an Echo-Request whose Identifier is negative to it with Bad-Value',
    section: '2.6',
    breaks: ['An Echo-Request in good order draws success'],
  },
  'stop-request-type-swapped': {
    title: 'Its stop request has its Control Message Type with the octets swapped',
    section: '2.3',
    iut: 'originator',
    breaks: ['Stop-Control-Connection-Request has Control Message Type 3'],
  },
  'stop-refused-and-closed': {
    title: 'Refuses to stop for an undefined Reason, and closes all the same',
    section: '2.4',
    breaks: ['Who was told that the connection was not closed still has it'],
  },
  // Calls
  'refusal-type-swapped': {
    title: 'Replies that refuse have their Control Message Type with the octets swapped',
    section: '1.4',
    breaks: ['A reply has its own Control Message Type'],
  },
  'call-request-type-swapped': {
    title: 'Its call request with a number has its Control Message Type with the octets swapped',
    section: '2.7',
    iut: 'originator',
    breaks: ['Outgoing-Call-Request has Control Message Type 7'],
  },
  'call-request-number-with-parity': {
    title: 'Writes a number to dial with a parity bit on top of each digit',
    section: '2.7',
    iut: 'originator',
    breaks: ['Phone Number is ASCII'],
  },
  'call-request-garbage-after-subaddress': {
    title: 'Subaddress behind a number goes on after its end',
    section: '2.7',
    iut: 'originator',
    breaks: ['The remainder of Subaddress is filled with 0'],
  },
  'refuses-digital-bearer': {
    title: 'Takes Bearer Type 2 for a bad value',
    section: '2.7',
    breaks: ['The defined bearer types are legal'],
  },
  'refuses-asynchronous-framing': {
    title: 'Takes Framing Type 1 for a bad value',
    section: '2.7',
    breaks: ['The defined framing types are legal'],
  },
  'outgoing-refusal-as-incoming': {
    title: 'Refuses an outgoing call for its Call ID with Incoming-Call-Reply',
    section: '2.10',
    breaks: ['Only a PNS sends Incoming-Call-Reply'],
  },
  'analog-call-three-messages': {
    title: 'Sends Incoming-Call-Connected after its reply for an analog outgoing call',
    section: '3.2.4',
    breaks: ['An outgoing call takes two messages'],
  },
  'incoming-refusal-as-outgoing': {
    title: 'Refuses an incoming call with Outgoing-Call-Reply',
    section: '2.8',
    breaks: ['Only a PAC sends Outgoing-Call-Reply'],
  },
  'incoming-refusal-twice': {
    title: 'Refuses an incoming call twice',
    section: '2.10',
    breaks: ['One request draws one reply'],
  },
  'incoming-connected-returned': {
    title: 'Sends Incoming-Call-Connected back when it has no such call',
    section: '2.11',
    breaks: ['Only a PAC sends Incoming-Call-Connected'],
  },
  'wan-error-returned': {
    title: 'Sends WAN-Error-Notify back',
    section: '2.14',
    breaks: ['Only a PAC sends WAN-Error-Notify'],
  },
  'set-link-info-returned': {
    title: 'Answers Set-Link-Info with a Set-Link-Info of its own',
    section: '2.15',
    breaks: ['Only a PNS sends Set-Link-Info'],
  },
  'clear-request-wrong-cookie': {
    title: 'Call-Clear-Request has another Magic Cookie',
    section: '2.12',
    breaks: ['The Magic Cookie is 0x1A2B3C4D'],
  },
  'clear-request-management-type': {
    title: 'Call-Clear-Request has PPTP Message Type 2',
    section: '2.12',
    breaks: ['Control messages have PPTP Message Type 1'],
  },
  'clear-request-type-swapped': {
    title: 'Call-Clear-Request has its Control Message Type with the octets swapped',
    section: '2.12',
    breaks: ['Call-Clear-Request has Control Message Type 12'],
  },
  'clear-request-wrong-length': {
    title: 'Call-Clear-Request has four octets too many',
    section: '2.12',
    breaks: ['Call-Clear-Request has 16 octets'],
  },
  'clear-answered-in-kind': {
    title: 'Answers Call-Clear-Request with Call-Clear-Request',
    section: '2.12',
    breaks: ['Only a PNS sends Call-Clear-Request'],
  },
  'clear-notify-wrong-cookie': {
    title: 'Answers Call-Clear-Request with another Magic Cookie',
    section: '2.13',
    breaks: ['The Magic Cookie is 0x1A2B3C4D'],
  },
  'clear-notify-type-swapped': {
    title: 'Answers Call-Clear-Request with a Control Message Type whose octets are swapped',
    section: '2.13',
    breaks: ['Call-Disconnect-Notify has Control Message Type 13'],
  },
  'clear-notify-without-statistics': {
    title: 'Answers Call-Clear-Request with a Call-Disconnect-Notify that ends before Call Statistics',
    section: '2.13',
    breaks: ['Call-Disconnect-Notify has 148 octets'],
  },
  'clear-statistics-latin-1': {
    title: 'Answers Call-Clear-Request with Call Statistics in Latin-1',
    section: '2.13',
    breaks: ['Call Statistics is ASCII'],
  },
  // Maps of a PNS
  'link-info-wrong-cookie': {
    title: 'Set-Link-Info has another Magic Cookie',
    section: '2.15',
    iut: 'originator',
    breaks: ['The Magic Cookie is 0x1A2B3C4D'],
  },
  'link-info-management-type': {
    title: 'Set-Link-Info has PPTP Message Type 2',
    section: '2.15',
    iut: 'originator',
    breaks: ['Control messages have PPTP Message Type 1'],
  },
  'link-info-type-swapped': {
    title: 'Set-Link-Info has its Control Message Type with the octets swapped',
    section: '2.15',
    iut: 'originator',
    breaks: ['Set-Link-Info has Control Message Type 15'],
  },
  'link-info-wrong-length': {
    title: 'Set-Link-Info has four octets too many',
    section: '2.15',
    iut: 'originator',
    breaks: ['Set-Link-Info has 24 octets'],
  },
  'link-info-reserved-nonzero': {
    title: 'Set-Link-Info has reserved fields that are not 0',
    section: '2.15',
    iut: 'originator',
    breaks: ['Reserved fields are sent as 0'],
  },
  'link-info-own-call-id': {
    title: 'Set-Link-Info has the Call ID of its sender',
    section: '2.15',
    iut: 'originator',
    breaks: ["Peer's Call ID is that of the PAC"],
  },
  // Tunnel
  'gre-fragment-header': {
    title: 'Writes a header of its own in front of large PPP packets',
    section: '4.1',
    breaks: ['The payload is a PPP packet'],
  },
} as const satisfies Record<string, Mutant>
