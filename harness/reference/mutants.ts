import type { Mutant } from './mutant.ts'
import { OCCASIONAL_MUTANTS } from './occasional-mutants.ts'
import { ORIGINATOR_MUTANTS } from './originator-mutants.ts'
import { PPP_MUTANTS } from './ppp-mutants.ts'

/** Every fault that the reference can be given, by name. */
export const MUTANTS = {
  // Framing
  'ignores-magic-cookie': {
    title: 'Takes any Magic Cookie for the right one',
    section: '1.4',
    breaks: ['A wrong Magic Cookie closes the TCP session'],
  },
  'answers-before-closing': {
    title: 'Replies before it closes over a wrong Magic Cookie',
    section: '1.4',
    breaks: ['Loss of synchronization closes the connection immediately'],
  },
  resynchronizes: {
    title: 'Looks for the next Magic Cookie and goes on from there',
    section: '1.4',
    breaks: ['The Magic Cookie is not used to find the way back into the stream'],
  },
  'never-closes-on-bad-cookie': {
    title: 'Goes deaf after a wrong Magic Cookie and leaves the connection open',
    section: '1.4',
    breaks: ['A wrong Magic Cookie closes the TCP session'],
  },
  'never-closes-on-bad-length': {
    title: 'Goes deaf after an impossible Length and leaves the connection open',
    section: '1.4',
    breaks: ['A Length that no message can have closes the TCP session'],
  },
  'ignores-short-length': {
    title: 'Drops what it read with a Length below 12 and goes on',
    section: '1.4',
    breaks: ['A Length that no message can have closes the TCP session'],
  },
  'waits-for-impossible-length': {
    title: 'Waits for all octets of a Length greater than any message has',
    section: '1.4',
    breaks: ['A Length that no message can have closes the TCP session'],
  },
  'accepts-wrong-size': {
    title: "Acts on a message whose Length is not its type's",
    section: '2',
    breaks: ["A message whose size is not its type's is malformed"],
  },
  'ignores-wrong-size': {
    title: "Stays in step over a message whose Length is not its type's, without a word",
    section: '3',
    breaks: ['A malformed message closes the connection or draws an error reply'],
  },
  'bad-format-wrong-error': {
    title: 'Reports a wrong Length with Error Code 5',
    section: '2.16',
    breaks: ['Error Code 2 reports a wrong Length'],
  },
  'executes-management-messages': {
    title: 'Takes PPTP Message Type 2 for 1',
    section: '1.4',
    breaks: ['A management message is not executed as a control message'],
  },
  'ignores-management-messages': {
    title: 'Skips PPTP Message Type 2 without a word',
    section: '3',
    breaks: ['An undefined message closes the connection'],
  },
  'unknown-type-answered': {
    title: 'Answers an undefined Control Message Type with an Echo-Reply that reports success',
    section: '3',
    breaks: ['An undefined Control Message Type is not executed'],
  },
  'ignores-unknown-type': {
    title: 'Skips an undefined Control Message Type without a word',
    section: '3',
    breaks: ['An undefined message closes the connection'],
  },
  'framer-one-message-per-read': {
    title: 'Loses the second message that arrives in one segment',
    section: '1.4',
    breaks: ['Messages are framed by their Length, not by segments'],
  },
  'framer-needs-whole-message-per-read': {
    title: 'Takes a message split over segments as malformed',
    section: '1.4',
    breaks: ['Messages are framed by their Length, not by segments'],
  },
  'closes-on-reserved': {
    title: 'Closes the connection over a reserved field that is not 0',
    section: '2',
    breaks: ['A reserved field is ignored or answered with Bad-Value'],
  },
  'hangs-on-unexpected': {
    title: 'Goes deaf after a message that makes no sense at the time',
    section: '3',
    breaks: ['An unexpected message is ignored or ends the connection'],
  },
  'accepts-once': {
    title: 'Resets every TCP connection after the first',
    section: '3',
    breaks: ['After an error another connection can be established'],
  },
  // Any message sent
  'reserved0-nonzero-sent': {
    title: 'Sends Reserved0 as 255',
    section: '2',
    breaks: ['Reserved fields are sent as 0'],
  },
  'magic-cookie-wrong-sent': {
    title: 'Sends another Magic Cookie once the connection is established',
    section: '1.4',
    breaks: ['The Magic Cookie is 0x1A2B3C4D'],
  },
  'message-type-wrong-sent': {
    title: 'Sends PPTP Message Type 2 once the connection is established',
    section: '1.4',
    breaks: ['Control messages have PPTP Message Type 1'],
  },
  'length-off-by-one-sent': {
    title: 'Sends a Length one less than the message has, once the connection is established',
    section: '1.4',
    breaks: ["Length is the whole message's"],
  },
  // Start-Control-Connection
  'ignores-start': {
    title: 'Never replies to Start-Control-Connection-Request',
    section: '2.2',
    breaks: ['A start request is replied to'],
  },
  'start-reply-twice': {
    title: 'Sends its start reply twice',
    section: '2.2',
    breaks: ['One request draws one reply'],
  },
  'start-reply-wrong-length': {
    title: 'Its start reply has four octets too many',
    section: '2.2',
    breaks: ['Start-Control-Connection-Reply has 156 octets'],
  },
  'start-reply-reserved-type': {
    title: 'Its start reply carries Control Message Type 16',
    section: '2.2',
    breaks: ['Start-Control-Connection-Reply has Control Message Type 2'],
  },
  'start-reply-result-0': {
    title: 'Reports success with Result Code 0',
    section: '2.2',
    breaks: ['Result Code is one of 1 to 5'],
  },
  'start-reply-error-with-success': {
    title: 'Reports success with Error Code 6',
    section: '2.2',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'start-reply-undefined-framing-bits': {
    title: 'Announces an undefined framing capability',
    section: '2.2',
    breaks: ['Only defined framing bits are set'],
  },
  'start-reply-undefined-bearer-bits': {
    title: 'Announces an undefined bearer capability',
    section: '2.2',
    breaks: ['Only defined bearer bits are set'],
  },
  'start-reply-no-capabilities': {
    title: 'Announces no framing and no bearer at all',
    section: '2.2',
    breaks: ['A PAC that takes calls has capabilities'],
  },
  'start-reply-unauthorized': {
    title: 'Refuses every start as not authorized, Result Code 4',
    section: '5',
    breaks: ['Control messages prove nothing, and are served all the same'],
  },
  'start-reply-version-0': {
    title: 'Replies with Protocol Version 0',
    section: '2.2',
    breaks: ['The reply carries the version to be used'],
  },
  'start-reply-wrong-version-higher': {
    title: 'Replies to a later version with that version',
    section: '3.1.2',
    breaks: ['The reply to a later version carries our own'],
  },
  'start-reply-garbage-after-hostname': {
    title: 'Host Name goes on after its end',
    section: '2.2',
    breaks: ['The remainder of Host Name is filled with 0'],
  },
  'start-reply-garbage-after-vendor': {
    title: 'Vendor Name goes on after its end',
    section: '2.2',
    breaks: ['The remainder of Vendor Name is filled with 0'],
  },
  'accepts-version-zero': {
    title: 'Accepts a version earlier than 1',
    section: '3.1.2',
    breaks: ['An earlier version that is not supported is refused'],
  },
  'keeps-open-after-version-refusal': {
    title: 'Refuses a version and leaves the connection open',
    section: '3.1.2',
    breaks: ['The connection is closed after the version was refused'],
  },
  'version-refusal-error-set': {
    title: 'Refuses a version with an Error Code as well',
    section: '2.2',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'version-refusal-establishes': {
    title: 'Refuses a version and counts the connection as established',
    section: '3.1.2',
    breaks: ['A refused version leaves the connection idle'],
  },
  'version-refusal-wrong-result': {
    title: 'Refuses a version with Result Code 4',
    section: '2.2',
    breaks: ['Result Code 5 refuses a version'],
  },
  'refuses-later-version': {
    title: 'Refuses a version later than its own',
    section: '3.1.2',
    breaks: ['A later version is answered with our own and success'],
  },
  'second-start-succeeds': {
    title: 'Answers a second start request with success',
    section: '2.2',
    breaks: ['An established connection is not started again'],
  },
  'second-start-ignored': {
    title: 'Does not answer a second start request',
    section: '2.2',
    breaks: ['A second start request is refused'],
  },
  'exists-refusal-wrong-result': {
    title: 'Refuses a connection that exists already with Result Code 4',
    section: '2.2',
    breaks: ['Result Code 3 says that the connection exists already'],
  },
  'accepts-second-connection': {
    title: 'Starts a second control connection with the same address',
    section: '3.1.3',
    breaks: ['One control connection for each pair'],
  },
  // Before the start
  'accepts-before-start': {
    title: 'Places a call before the connection is established',
    section: '2.1',
    breaks: ['Nothing but the start is done before the connection is established'],
  },
  'echo-succeeds-before-start': {
    title: 'Answers Echo-Request with success before the connection is established',
    section: '2.1',
    breaks: ['Nothing but the start is done before the connection is established'],
  },
  'not-connected-wrong-error': {
    title: 'Reports that there is no control connection yet with Error Code 5',
    section: '2.16',
    breaks: ['Error Code 1 says that there is no control connection yet'],
  },
  'establishment-never-times-out': {
    title: 'Waits for a start request for ever',
    section: '3.1.4',
    breaks: ['A connection that is not established in 60 s is closed'],
  },
  'establishment-times-out-early': {
    title: 'Closes after 10 s without a start request',
    section: '3.1.4',
    breaks: ['A connection has 60 s to become established'],
  },
  'establishment-restarted-by-octets': {
    title: 'Any octet starts the 60 s again',
    section: '3.1.4',
    breaks: ['A connection that is not established in 60 s is closed'],
  },
  'refuses-full-names': {
    title: 'Refuses a start whose Host Name or Vendor Name fills its field',
    section: '2.1',
    breaks: ['A string may fill its field'],
  },
  'heeds-maximum-channels': {
    title: 'Refuses a start with Maximum Channels other than 0',
    section: '2.1',
    breaks: ['A PAC ignores Maximum Channels'],
  },
  'refuses-own-port': {
    title: 'Resets a TCP connection from port 1723',
    section: '1.4',
    breaks: ['A control connection may come from any port'],
  },
  'refuses-no-capabilities': {
    title: 'Refuses a start without framing or bearer capabilities',
    section: '2.1',
    breaks: ['Capabilities of a peer are taken as they are'],
  },
  'refuses-firmware-revision': {
    title: 'Refuses a start whose Firmware Revision is 0',
    section: '2.1',
    breaks: ['Any Firmware Revision is legal'],
  },
  // Keep alive
  'echo-no-reply': {
    title: 'Does not answer Echo-Request',
    section: '2.6',
    breaks: ['Echo-Request draws Echo-Reply'],
  },
  'echo-reply-twice': {
    title: 'Answers Echo-Request twice',
    section: '2.6',
    breaks: ['One request draws one reply'],
  },
  'echo-wrong-identifier': {
    title: 'Echo-Reply has another Identifier',
    section: '2.6',
    breaks: ['Echo-Reply copies the Identifier'],
  },
  'echo-reply-result-0': {
    title: 'Echo-Reply has Result Code 0',
    section: '2.6',
    breaks: ['Result Code is 1 or 2'],
  },
  'echo-reply-error-set': {
    title: 'Echo-Reply has Error Code 6 and Result Code 1',
    section: '2.6',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'echo-reply-reserved-nonzero': {
    title: 'Echo-Reply has a Reserved1 that is not 0',
    section: '2.6',
    breaks: ['Reserved fields are sent as 0'],
  },
  'keep-alive-missing': {
    title: 'Never sends Echo-Request',
    section: '3.1.4',
    breaks: ['Echo-Request is sent after 60 s of silence'],
  },
  'keep-alive-late': {
    title: 'Sends Echo-Request after 180 s of silence',
    section: '3.1.4',
    breaks: ['Echo-Request is sent after 60 s of silence'],
  },
  'keep-alive-never-closes': {
    title: 'Goes on without an Echo-Reply',
    section: '3.1.4',
    breaks: ['The connection is closed 60 s after an unanswered Echo-Request'],
  },
  'keep-alive-closes-early': {
    title: 'Closes 10 s after an Echo-Request',
    section: '3.1.4',
    breaks: ['An Echo-Request has 60 s to be answered'],
  },
  'keep-alive-any-identifier': {
    title: 'Takes an Echo-Reply with any Identifier for the one it waits for',
    section: '2.5',
    breaks: ['Echo-Replies are told apart by their Identifier'],
  },
  'keep-alive-ignores-reply': {
    title: 'Closes although the Echo-Reply came',
    section: '3.1.4',
    breaks: ['An answered Echo-Request keeps the connection'],
  },
  'keep-alive-overlooks-messages': {
    title: 'Closes 90 s after it was established, whatever is said on the connection',
    section: '3.1.4',
    breaks: ['Any control message counts against the silence'],
  },
  // Stop
  'stop-no-reply': {
    title: 'Does nothing on Stop-Control-Connection-Request',
    section: '2.4',
    breaks: ['A stop request is replied to and the connection closed'],
  },
  'stop-closes-without-reply': {
    title: 'Closes on a stop request without replying',
    section: '2.4',
    breaks: ['A stop request is replied to'],
  },
  'stop-never-closes': {
    title: 'Replies to a stop request and leaves the connection open',
    section: '3.1.2',
    breaks: ['The connection is closed after the stop reply'],
  },
  'stop-reply-result-0': {
    title: 'Stop reply has Result Code 0',
    section: '2.4',
    breaks: ['Result Code is 1 or 2'],
  },
  'stop-reply-error-set': {
    title: 'Stop reply has Error Code 6 and Result Code 1',
    section: '2.4',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'stop-reply-reserved-nonzero': {
    title: 'Stop reply has a Reserved1 that is not 0',
    section: '2.4',
    breaks: ['Reserved fields are sent as 0'],
  },
  'stop-reply-twice': {
    title: 'Sends its stop reply twice',
    section: '2.4',
    breaks: ['One request draws one reply'],
  },
  'ignores-stop-with-other-reasons': {
    title: 'Does nothing on a stop request whose Reason is not 1',
    section: '2.3',
    breaks: ['A stop request ends the connection whatever its Reason'],
  },
  'stop-ignored-while-calling': {
    title: 'Does nothing on a stop request while it waits for a call reply or a notification',
    section: '2.4',
    breaks: ['A stop request is replied to and the connection closed'],
  },
  'serves-behind-stop': {
    title: 'Goes on serving for a moment after its stop reply',
    section: '3.1.2',
    breaks: ['Nothing follows the stop reply'],
  },
  'stop-keeps-tunnel': {
    title: 'Calls live on after the connection was stopped',
    section: '2.3',
    breaks: ['Stopping the connection clears its calls'],
  },
  'drop-keeps-tunnel': {
    title: 'Calls live on after the TCP connection was lost',
    section: '3',
    breaks: ['Calls end with their control connection'],
  },
  'drop-keeps-call-ids': {
    title: 'Call IDs stay in use after the TCP connection was lost',
    section: '3.2.1',
    breaks: ['A new control connection begins without calls'],
  },
  // Outgoing calls, as PAC
  'call-reply-missing': {
    title: 'Does not answer Outgoing-Call-Request',
    section: '3.2.4',
    breaks: ['Outgoing-Call-Request draws Outgoing-Call-Reply'],
  },
  'call-reply-twice': {
    title: 'Answers Outgoing-Call-Request twice',
    section: '2.8',
    breaks: ['One request draws one reply'],
  },
  'call-reply-wrong-peer-id': {
    title: "Call reply carries another Peer's Call ID",
    section: '2.8',
    breaks: ["Peer's Call ID is the request's Call ID"],
  },
  'call-reply-without-delay': {
    title: 'Its call reply ends before Packet Processing Delay',
    section: '4.4',
    breaks: ['Packet Processing Delay is exchanged when a call is set up'],
  },
  'call-reply-result-0': {
    title: 'Reports a connected call with Result Code 0',
    section: '2.8',
    breaks: ['Result Code is one of 1 to 7'],
  },
  'call-reply-error-with-success': {
    title: 'Reports a connected call with Error Code 6',
    section: '2.8',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'call-reply-speed-out-of-range': {
    title: 'Connect Speed is 0',
    section: '2.8',
    breaks: ['Connect Speed lies between Minimum and Maximum BPS'],
  },
  'call-reply-speed-above-maximum': {
    title: 'Connect Speed is above Maximum BPS',
    section: '2.8',
    breaks: ['Connect Speed lies between Minimum and Maximum BPS'],
  },
  'call-reply-window-zero': {
    title: 'Announces a receive window of 0',
    section: '2.8',
    breaks: ['A receiver buffers at least one packet'],
  },
  'call-id-reused': {
    title: 'Gives two calls the same Call ID',
    section: '3.2.2',
    breaks: ['Call IDs are unique among live calls'],
  },
  'refuses-second-call': {
    title: 'Closes the connection on a second call',
    section: '3.2',
    breaks: ['One control connection carries several calls'],
  },
  'second-call-replaces-first': {
    title: 'Drops the call it has, without a word, for a second one',
    section: '1.3.2',
    breaks: ['One control connection carries several calls'],
  },
  'accepts-bad-bearer': {
    title: 'Connects a call with an undefined Bearer Type',
    section: '2.7',
    breaks: ['A value out of range is not accepted'],
  },
  'accepts-bad-framing': {
    title: 'Connects a call with an undefined Framing Type',
    section: '2.7',
    breaks: ['A value out of range is not accepted'],
  },
  'accepts-inverted-speeds': {
    title: 'Connects a call with Minimum BPS above Maximum BPS',
    section: '2.7',
    breaks: ['A value out of range is not accepted'],
  },
  'accepts-long-phone-number': {
    title: 'Connects a call with a Phone Number Length above 64',
    section: '2.7',
    breaks: ['A value out of range is not accepted'],
  },
  'accepts-duplicate-call-id': {
    title: 'Connects a call whose Call ID is in use',
    section: '2.7',
    breaks: ['Call IDs are unique among live calls'],
  },
  'refuses-analog-bearer': {
    title: 'Refuses a call with Bearer Type 1 as Bad-Value',
    section: '2.7',
    breaks: ['Every defined Bearer Type is legal'],
  },
  'refuses-synchronous-framing': {
    title: 'Refuses a call with Framing Type 2 as Bad-Value',
    section: '2.7',
    breaks: ['Every defined Framing Type is legal'],
  },
  'refuses-serial-number-zero': {
    title: 'Refuses a call whose Call Serial Number is 0',
    section: '2.7',
    breaks: ['Any Call Serial Number is legal'],
  },
  'refuses-long-delay': {
    title: 'Refuses a call whose Packet Processing Delay is above 32767',
    section: '2.7',
    breaks: ['Any Packet Processing Delay is legal'],
  },
  'refuses-call-id-of-another-peer': {
    title: 'Refuses a Call ID that another peer uses',
    section: '3.2.2',
    breaks: ['A Call ID belongs to one PAC and one PNS'],
  },
  'refuses-equal-call-ids': {
    title: 'Refuses a Call ID that it assigned to a call itself',
    section: '3.2.2',
    breaks: ['Each end assigns Call IDs of its own'],
  },
  'reads-speeds-little-endian': {
    title: 'Reads Minimum BPS and Maximum BPS with the low octet first',
    section: '2',
    breaks: ['Values are in network byte order'],
  },
  'accepts-window-zero': {
    title: 'Connects a call with a receive window of 0 and never sends on it',
    section: '4.2.1',
    breaks: ['A receive window of 0 is refused or counts as 1'],
  },
  'one-call-per-connection': {
    title: 'Closes the connection on a call after the first, even if that is over',
    section: '1.3.1',
    breaks: ['The control connection outlives its calls'],
  },
  'refuses-call-id-zero': {
    title: 'Refuses a call whose Call ID is 0',
    section: '2.7',
    breaks: ['Any 16-bit Call ID is legal'],
  },
  'refuses-full-phone-number': {
    title: 'Refuses a Phone Number that fills its field',
    section: '2.7',
    breaks: ['A string may fill its field'],
  },
  'hangs-on-phone-number-length': {
    title: 'Goes deaf after a Phone Number Length above 64',
    section: '2.7',
    breaks: ['A value out of range is answered or closes the connection'],
  },
  'accepts-beyond-channels': {
    title: 'Connects more calls than it has channels',
    section: '2.8',
    breaks: ['A call without a channel is refused'],
  },
  'call-refusal-without-error': {
    title: 'Refuses a call with Result Code 2 and Error Code 0',
    section: '2.8',
    breaks: ['Result Code 2 comes with an Error Code'],
  },
  'call-refusal-wrong-error': {
    title: 'Refuses a call with Error Code 1',
    section: '2.16',
    breaks: ['The Error Code names what was wrong'],
  },
  'call-refusal-undefined-error': {
    title: 'Refuses a call with Error Code 7',
    section: '2.16',
    breaks: ['Error Code is one of 0 to 6'],
  },
  'call-refusal-undefined-result': {
    title: 'Refuses a call with Result Code 8',
    section: '2.8',
    breaks: ['Result Code is one of 1 to 7'],
  },
  'bad-call-closes-connection': {
    title: 'Closes the connection over a bad field of a call request',
    section: '3.2.4.1',
    breaks: ['A call request in error draws a reply with the error'],
  },
  // Call-Clear-Request, as PAC
  'clear-no-notify': {
    title: 'Clears a call without Call-Disconnect-Notify',
    section: '2.13',
    breaks: ['Call-Clear-Request draws Call-Disconnect-Notify'],
  },
  'ppp-end-not-notified': {
    title: 'Says nothing when the PPP behind a call ends',
    section: '2.13',
    breaks: ['Call-Disconnect-Notify is sent whenever a call ends'],
  },
  'clear-ignored': {
    title: 'Does nothing on Call-Clear-Request',
    section: '2.12',
    breaks: ['Call-Clear-Request ends the call'],
  },
  'clear-notify-twice': {
    title: 'Sends Call-Disconnect-Notify twice',
    section: '2.13',
    breaks: ['One request draws one reply'],
  },
  'clear-wrong-call-id': {
    title: 'Call-Disconnect-Notify carries the Call ID that the PNS assigned',
    section: '2.13',
    breaks: ['It carries the Call ID that the PAC assigned'],
  },
  'clear-wrong-result': {
    title: 'Call-Disconnect-Notify after a clear request has Result Code 1',
    section: '2.13',
    breaks: ['Result Code 4 answers Call-Clear-Request'],
  },
  'clear-result-0': {
    title: 'Call-Disconnect-Notify has Result Code 0',
    section: '2.13',
    breaks: ['Result Code is one of 1 to 4'],
  },
  'clear-error-set': {
    title: 'Call-Disconnect-Notify has an Error Code without Result Code 2',
    section: '2.13',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'clear-reserved-nonzero': {
    title: 'Call-Disconnect-Notify has a Reserved1 that is not 0',
    section: '2.13',
    breaks: ['Reserved fields are sent as 0'],
  },
  'clear-garbage-after-statistics': {
    title: 'Call Statistics goes on after its end',
    section: '2.13',
    breaks: ['The remainder of Call Statistics is filled with 0'],
  },
  'clear-keeps-tunnel': {
    title: 'The tunnel of a cleared call goes on',
    section: '2.12',
    breaks: ['Call-Clear-Request ends the call'],
  },
  'clear-keeps-call-id': {
    title: "A cleared call's Call ID counts as in use",
    section: '3.2.2',
    breaks: ['A Call ID is free once its call is over'],
  },
  'clear-closes-connection': {
    title: 'Closes the connection when a call is cleared',
    section: '1.3.1',
    breaks: ['The control connection outlives its calls'],
  },
  'clear-unknown-kills-calls': {
    title: 'A clear request for an unknown Call ID ends every call',
    section: '2.12',
    breaks: ['Call-Clear-Request names one call'],
  },
  'clear-unknown-closes': {
    title: 'A clear request for an unknown Call ID closes the connection',
    section: '2.12',
    breaks: ['Other calls are left alone'],
  },
  // Incoming calls, as PNS
  'incoming-reply-missing': {
    title: 'Does not answer Incoming-Call-Request',
    section: '3.2.3.2',
    breaks: ['Incoming-Call-Request draws Incoming-Call-Reply'],
  },
  'incoming-reply-wrong-peer-id': {
    title: "Incoming call reply carries another Peer's Call ID",
    section: '2.10',
    breaks: ["Peer's Call ID is the request's Call ID"],
  },
  'incoming-reply-result-0': {
    title: 'Incoming call reply has Result Code 0',
    section: '2.10',
    breaks: ['Result Code is one of 1 to 3'],
  },
  'incoming-reply-error-with-success': {
    title: 'Accepts an incoming call with Error Code 6',
    section: '2.10',
    breaks: ['Error Code is 0 unless Result Code is 2'],
  },
  'incoming-reply-window-zero': {
    title: 'Announces a receive window of 0',
    section: '2.10',
    breaks: ['A receiver buffers at least one packet'],
  },
  'incoming-reply-reserved-nonzero': {
    title: 'Incoming call reply has a Reserved1 that is not 0',
    section: '2.10',
    breaks: ['Reserved fields are sent as 0'],
  },
  'incoming-call-drops-connection': {
    title: 'Closes the connection on Incoming-Call-Request',
    section: '3.2.3.2',
    breaks: ['Incoming-Call-Request draws Incoming-Call-Reply'],
  },
  'incoming-accepts-bad-bearer': {
    title: 'Accepts an incoming call with an undefined bearer type',
    section: '2.9',
    breaks: ['A value out of range is not accepted'],
  },
  'incoming-refuses-call-id-zero': {
    title: 'Refuses an incoming call whose Call ID is 0',
    section: '2.9',
    breaks: ['Any 16-bit Call ID is legal'],
  },
  'incoming-refuses-full-numbers': {
    title: 'Refuses an incoming call with a number that fills its field',
    section: '2.9',
    breaks: ['A string may fill its field'],
  },
  'incoming-hangs-on-number-length': {
    title: 'Goes deaf after a Dialed Number Length above 64',
    section: '2.9',
    breaks: ['A value out of range is answered or closes the connection'],
  },
  'incoming-connects-refused': {
    title: 'Connects an incoming call that it refused',
    section: '3.2.3.2',
    breaks: ['A call that was refused stays idle'],
  },
  'incoming-connected-ignored': {
    title: 'Does nothing on Incoming-Call-Connected',
    section: '3.2.3.2',
    breaks: ['Incoming-Call-Connected establishes the call'],
  },
  'incoming-connected-any-call': {
    title: "Takes Incoming-Call-Connected with any Peer's Call ID for the call that waits",
    section: '2.11',
    breaks: ["Peer's Call ID names the call"],
  },
  'incoming-connected-awaited-forever': {
    title: 'Waits for Incoming-Call-Connected for ever',
    section: '3.2.1',
    breaks: ['A state that does not change for a minute closes the connection'],
  },
  'incoming-tunnel-before-connected': {
    title: 'Sends on the tunnel before Incoming-Call-Connected',
    section: '3.2.3.2',
    breaks: ['Data is exchanged once both ends are established'],
  },
  'disconnect-notify-ignored': {
    title: 'A call goes on after Call-Disconnect-Notify',
    section: '3.2.3.2',
    breaks: ['Call-Disconnect-Notify ends the call'],
  },
  // Set-Link-Info and WAN-Error-Notify
  'set-link-info-closes': {
    title: 'Closes the connection on Set-Link-Info',
    section: '2.15',
    breaks: ['Set-Link-Info is accepted at any time'],
  },
  'set-link-info-unknown-closes': {
    title: 'Closes the connection on Set-Link-Info for an unknown call',
    section: '2.15',
    breaks: ['Other calls are left alone'],
  },
  'set-link-info-answers': {
    title: 'Answers Set-Link-Info with Echo-Reply',
    section: '2.15',
    breaks: ['Set-Link-Info draws no reply'],
  },
  'set-link-info-clears-call': {
    title: 'Set-Link-Info ends the call',
    section: '2.15',
    breaks: ['Set-Link-Info is accepted at any time'],
  },
  'set-link-info-escapes': {
    title: 'Escapes in the tunnel what Set-Link-Info asks to have escaped on the line',
    section: '2.15',
    breaks: ['The maps are for the line and not for the tunnel'],
  },
  'wan-error-closes': {
    title: 'Closes the connection on WAN-Error-Notify',
    section: '2.14',
    breaks: ['WAN-Error-Notify only informs'],
  },
  // Tunnel, sending
  'gre-first-sequence-one': {
    title: 'Numbers its packets from 1',
    section: '4.1',
    breaks: ['Sequence numbers begin with 0'],
  },
  'gre-sequence-skips': {
    title: 'Leaves out every other sequence number',
    section: '4.1',
    breaks: ['Sequence numbers are consecutive'],
  },
  'gre-sequence-repeats': {
    title: 'Uses every sequence number twice',
    section: '4.1',
    breaks: ['Sequence numbers are consecutive'],
  },
  'gre-never-acknowledges': {
    title: 'Never acknowledges',
    section: '4.2',
    breaks: ['Received data is acknowledged'],
  },
  'gre-acknowledges-late': {
    title: 'Acknowledges after 5 s',
    section: '4.2',
    breaks: ['Received data is acknowledged before the peer times out'],
  },
  'gre-acknowledges-unsent': {
    title: 'Acknowledges eight packets more than came',
    section: '4.1',
    breaks: ['An acknowledgment names a packet received'],
  },
  'gre-acknowledgment-decreases': {
    title: 'Every further acknowledgment is one less than the last',
    section: '4.1',
    breaks: ['Acknowledgments name the highest packet received'],
  },
  'gre-to-another-peer': {
    title: 'Sends the packets of a second call to the address of the first',
    section: '1.2',
    breaks: ['The data of a session goes where its control connection goes'],
  },
  'gre-wrong-call-id': {
    title: 'Sends with its own Call ID',
    section: '4.1',
    breaks: ['The Call ID is the one that the receiver assigned'],
  },
  'gre-payload-length-includes-header': {
    title: 'Payload Length counts the GRE header too',
    section: '4.1',
    breaks: ["Payload Length is the payload's"],
  },
  'gre-version-zero': { title: 'Sends Ver 0', section: '4.1', breaks: ['Ver is 1'] },
  'gre-flags-set': { title: 'Sends a Flags bit', section: '4.1', breaks: ['Flags is 0'] },
  'gre-recur-set': { title: 'Sends a Recur bit', section: '4.1', breaks: ['Recur is 0'] },
  'gre-strict-source-route-set': { title: 'Sends s as 1', section: '4.1', breaks: ['s is 0'] },
  'gre-checksum-set': { title: 'Sends C as 1', section: '4.1', breaks: ['C is 0'] },
  'gre-routing-set': { title: 'Sends R as 1', section: '4.1', breaks: ['R is 0'] },
  'gre-key-missing': { title: 'Sends K as 0', section: '4.1', breaks: ['K is 1'] },
  'gre-wrong-protocol': {
    title: 'Sends Protocol Type 0x0800',
    section: '4.1',
    breaks: ['Protocol Type is 0x880B'],
  },
  'gre-empty-with-sequence': {
    title: 'Acknowledgments without payload carry a sequence number',
    section: '4.1',
    breaks: ['S is 1 only with a payload'],
  },
  'gre-data-without-sequence': {
    title: 'Payloads go without a sequence number',
    section: '4.1',
    breaks: ['S is 1 with a payload'],
  },
  'gre-trailing-octets': {
    title: 'Four octets follow each payload',
    section: '4.1',
    breaks: ["Payload Length is the payload's"],
  },
  'gre-hdlc-framing': {
    title: 'Payloads carry HDLC flags, escapes and FCS',
    section: '4',
    breaks: ['No media framing goes through the tunnel'],
  },
  'gre-window-ignored': {
    title: "Sends without regard to the peer's window",
    section: '4.2.1',
    breaks: ['No more packets await acknowledgment than the window allows'],
  },
  'gre-window-full-at-start': {
    title: "Begins with the peer's whole window",
    section: '4.2.1',
    breaks: ["The first window is half the peer's"],
  },
  'gre-stalls-after-time-out': {
    title: 'Sends nothing more once an acknowledgment was lost',
    section: '4.2.3',
    breaks: ['Transmission resumes after a time-out'],
  },
  'gre-window-never-grows': {
    title: 'Keeps to the window that it began with',
    section: '4.2.3',
    breaks: ['Each window that gets through opens the next by one packet'],
  },
  'gre-window-never-shrinks': {
    title: 'Keeps its window after a time-out',
    section: '4.2.2',
    breaks: ['A time-out halves the window'],
  },
  'gre-ignores-peers-delay': {
    title: "Computes its first time-out without the peer's Packet Processing Delay",
    section: '4.4',
    breaks: ['The estimate of the round trip begins with Packet Processing Delay'],
  },
  'gre-time-out-never-grows': {
    title: 'Waits no longer after a time-out than before it',
    section: '4.4.2',
    breaks: ['A time-out makes the next one longer'],
  },
  'gre-acknowledgment-covers-one': {
    title: 'Takes an acknowledgment for that of one packet alone',
    section: '4.2.5',
    breaks: ['An acknowledgment covers all packets up to its number'],
  },
  'gre-ignores-separate-acknowledgment': {
    title: 'Overlooks acknowledgments that come without data',
    section: '4.2',
    breaks: ['Acknowledgments count however they come'],
  },
  'gre-ignores-piggybacked-acknowledgment': {
    title: 'Overlooks acknowledgments that ride on data',
    section: '4.2',
    breaks: ['Acknowledgments count however they come'],
  },
  'gre-window-signed': {
    title: 'Takes a window of more than 32767 packets for a negative one, and sends nothing',
    section: '4.2.1',
    breaks: ['The first window is at least one packet'],
  },
  'gre-takes-any-acknowledgment': {
    title: 'Takes an acknowledgment of what was never sent, and none that is lower after it',
    section: '4.2.5',
    breaks: ['An acknowledgment is of what was received'],
  },
  'gre-retransmits': {
    title: 'Sends a packet again when it was not acknowledged in time',
    section: '4.2.3',
    breaks: ['The tunnel retransmits nothing'],
  },
  'gre-sequence-counts-octets': {
    title: 'Its sequence numbers count octets',
    section: '4.1',
    breaks: ['Sequence numbers count packets'],
  },
  'gre-numbers-shared': {
    title: 'Goes on with the sequence numbers of the session that sent last',
    section: '4.1',
    breaks: ['Each session has sequence numbers of its own'],
  },
  'gre-sends-checksum': {
    title: "Payloads end with PPP's checksum",
    section: '4',
    breaks: ['No checksum of PPP goes through the tunnel'],
  },
  'gre-inserts-bits': {
    title: 'Inserts a 0 bit after five bits that are 1',
    section: '4',
    breaks: ['No bits are inserted'],
  },
  'gre-two-packets-in-one': {
    title: 'Puts two PPP packets into one GRE packet',
    section: '4',
    breaks: ['One GRE packet carries one PPP packet'],
  },
  // Tunnel, receiving
  'gre-keeps-early-packets': {
    title: 'Keeps packets that come before their call, and takes them once it is connected',
    section: '4.1',
    breaks: ['A packet belongs to the call whose Call ID it carries'],
  },
  'gre-never-wraps': {
    title: 'Takes nothing more after sequence number 4294967295',
    section: '4.3',
    breaks: ['A packet with a higher number is taken'],
  },
  'gre-oversize-ends-session': {
    title: 'Is deaf in the tunnel after a payload of more than 1532 octets',
    section: '4',
    breaks: ['PPP packets get through the tunnel'],
  },
  'gre-ignores-source': {
    title: 'Takes packets for a call from any address',
    section: '3.2.2',
    breaks: ['A session belongs to one PAC and one PNS'],
  },
  'gre-buffers-one-packet': {
    title: 'Loses a packet that comes at the same moment as the one before',
    section: '2.8',
    breaks: ['As many packets are taken in a row as the window says'],
  },
  'gre-drops-large': {
    title: 'Drops payloads of more than 1500 octets',
    section: '1.4',
    breaks: ['A PPP packet of up to 1532 octets is taken'],
  },
  'gre-accepts-version-0': { title: 'Takes packets with Ver 0', section: '4.1', breaks: ['Ver is 1'] },
  'gre-accepts-checksum': { title: 'Takes packets with C as 1', section: '4.1', breaks: ['C is 0'] },
  'gre-accepts-routing': { title: 'Takes packets with R as 1', section: '4.1', breaks: ['R is 0'] },
  'gre-accepts-missing-key': { title: 'Takes packets with K as 0', section: '4.1', breaks: ['K is 1'] },
  'gre-accepts-other-call-id': {
    title: 'Takes packets with any Call ID',
    section: '4.1',
    breaks: ['A packet belongs to the call whose Call ID it carries'],
  },
  'gre-accepts-any-protocol': {
    title: 'Takes packets with any Protocol Type',
    section: '4.1',
    breaks: ['Protocol Type is 0x880B'],
  },
  'gre-accepts-short-payload': {
    title: 'Takes packets that end before their Payload Length',
    section: '4.1',
    breaks: ["Payload Length is the payload's"],
  },
  'gre-uses-trailing': {
    title: 'Takes what follows the payload as payload',
    section: '4.1',
    breaks: ["Payload Length is the payload's"],
  },
  'gre-delivers-duplicates': {
    title: 'Delivers a packet twice',
    section: '4.3',
    breaks: ['Duplicates are discarded'],
  },
  'gre-delivers-late': {
    title: 'Delivers a packet that was overtaken',
    section: '4.3',
    breaks: ['Packets out of sequence are discarded'],
  },
  'gre-takes-payload-without-sequence': {
    title: 'Delivers payloads that have no sequence number',
    section: '4.1',
    breaks: ['A payload without a sequence number is ignored'],
  },
  'gre-first-call-takes-all': {
    title: 'Takes every packet for one of the first call',
    section: '1.3.2',
    breaks: ['The key says which session a packet belongs to'],
  },
  'gre-overflow-ends-session': {
    title: 'Is deaf in the tunnel after more packets at once than its window holds',
    section: '4.2.4',
    breaks: ['What does not fit the window is discarded, and no more than that'],
  },
  'gre-waits-for-lost': {
    title: 'Takes nothing more until a packet that was overtaken has come',
    section: '4.3',
    breaks: ['A packet that overtook another is acknowledged'],
  },
  // PPP
  'ppp-drops-datagrams': {
    title: 'Drops what its PPP peer sends once the network is up; what opens the link gets through',
    section: '4',
    breaks: ['PPP packets get through the tunnel'],
  },
  'lcp-no-request': {
    title: 'Sends no Configure-Request',
    section: '4',
    breaks: ['Both ends of a PPP link ask for their options'],
  },
  'lcp-no-reply': {
    title: 'Does not answer Configure-Request',
    section: '4',
    breaks: ['Configure-Request is answered'],
  },
  'lcp-wrong-identifier': {
    title: 'Configure-Ack has another Identifier',
    section: '4',
    breaks: ['An answer copies the Identifier'],
  },
  'lcp-no-echo-reply': {
    title: 'Does not answer the LCP Echo-Request',
    section: '4',
    breaks: ['Echo-Request is answered while the link is open'],
  },
  'lcp-echo-wrong-identifier': {
    title: 'LCP Echo-Reply has another Identifier',
    section: '4',
    breaks: ['An answer copies the Identifier'],
  },
  'lcp-no-terminate-ack': {
    title: 'Does not answer Terminate-Request',
    section: '4',
    breaks: ['Terminate-Request is answered'],
  },
  'lcp-no-code-reject': {
    title: 'Ignores an unknown LCP code',
    section: '4',
    breaks: ['An unknown code is rejected'],
  },
  ...PPP_MUTANTS,
  // Originator
  'start-request-reserved-nonzero': {
    title: 'Start request has a Reserved1 that is not 0',
    section: '2.1',
    iut: 'originator',
    breaks: ['Reserved fields are sent as 0'],
  },
  'start-request-version-0': {
    title: 'Start request has Protocol Version 0',
    section: '2.1',
    iut: 'originator',
    breaks: ['The request carries the version to be used'],
  },
  'start-request-version-swapped': {
    title: 'Start request has Protocol Version 0x0001',
    section: '1.4',
    iut: 'originator',
    breaks: ['Version in the high octet, revision in the low one'],
  },
  'start-request-undefined-framing-bits': {
    title: 'Start request announces an undefined framing capability',
    section: '2.1',
    iut: 'originator',
    breaks: ['Only defined framing bits are set'],
  },
  'start-request-undefined-bearer-bits': {
    title: 'Start request announces an undefined bearer capability',
    section: '2.1',
    iut: 'originator',
    breaks: ['Only defined bearer bits are set'],
  },
  'start-request-channels-as-pns': {
    title: 'A PNS announces Maximum Channels',
    section: '2.1',
    iut: 'originator',
    breaks: ['A PNS sends Maximum Channels as 0'],
  },
  'start-request-garbage-after-hostname': {
    title: 'Host Name goes on after its end',
    section: '2.1',
    iut: 'originator',
    breaks: ['The remainder of Host Name is filled with 0'],
  },
  'start-request-wrong-length': {
    title: 'Start request has four octets too many',
    section: '2.1',
    iut: 'originator',
    breaks: ['Start-Control-Connection-Request has 156 octets'],
  },
  'call-before-start-reply': {
    title: 'Requests its call before the start reply came',
    section: '2.1',
    iut: 'originator',
    breaks: ['A control connection is established before anything else'],
  },
  'accepts-refused-start': {
    title: 'Goes on although its start was refused',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['A connection that was refused is not established'],
  },
  'accepts-later-version-reply': {
    title: 'Goes on with a version later than it asked for',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['Version negotiation only goes down'],
  },
  'accepts-earlier-version-reply': {
    title: 'Goes on with an earlier version that it does not support',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['An earlier version that is not supported ends the connection'],
  },
  'version-mismatch-without-stop': {
    title: "Closes without a stop request over the reply's version",
    section: '3.1.1',
    iut: 'originator',
    breaks: ['A stop request tells that the version is not supported'],
  },
  'start-reply-awaited-forever': {
    title: 'Waits for a start reply for ever',
    section: '3.1.4',
    iut: 'originator',
    breaks: ['A connection that is not established in 60 s is closed'],
  },
  'never-restarts': {
    title: 'Leaves it at that when its connection was closed over an error',
    section: '3',
    iut: 'originator',
    breaks: ['An originator that persists starts a new control connection'],
  },
  'collision-answers-loser': {
    title: "The winner of a collision answers on the loser's connection",
    section: '3.1.3',
    iut: 'originator',
    breaks: ["The winner sends nothing on the loser's connection"],
  },
  'collision-loser-stays': {
    title: 'The loser of a collision keeps its connection',
    section: '3.1.3',
    iut: 'originator',
    breaks: ['The loser closes the connection it opened'],
  },
  'call-request-undefined-bearer': {
    title: 'Call request has Bearer Type 4',
    section: '2.7',
    iut: 'originator',
    breaks: ['Bearer Type is one of 1 to 3'],
  },
  'call-request-undefined-framing': {
    title: 'Call request has Framing Type 0',
    section: '2.7',
    iut: 'originator',
    breaks: ['Framing Type is one of 1 to 3'],
  },
  'call-request-reserved-nonzero': {
    title: 'Call request has a Reserved1 that is not 0',
    section: '2.7',
    iut: 'originator',
    breaks: ['Reserved fields are sent as 0'],
  },
  'call-request-window-zero': {
    title: 'Call request announces a receive window of 0',
    section: '2.7',
    iut: 'originator',
    breaks: ['A receiver buffers at least one packet'],
  },
  'call-request-speeds-inverted': {
    title: 'Call request has Minimum BPS above Maximum BPS',
    section: '2.7',
    iut: 'originator',
    breaks: ['Minimum BPS is not above Maximum BPS'],
  },
  'call-request-phone-number-length-wrong': {
    title: 'Call request has a Phone Number Length of 65',
    section: '2.7',
    iut: 'originator',
    breaks: ['Phone Number Length counts the digits'],
  },
  'call-reply-awaited-briefly': {
    title: 'Gives a call up after 10 s',
    section: '3.2.1',
    breaks: ['A call has a minute to be answered'],
  },
  'call-reply-awaited-forever': {
    title: 'Waits for a call reply for ever',
    section: '3.2.1',
    breaks: ['A minute without a transition ends the connection'],
  },
  'uses-refused-call': {
    title: 'Sends on the tunnel of a call that was refused',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['A refused call is idle'],
  },
  'clear-request-missing': {
    title: 'Ends its call without Call-Clear-Request',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['A PNS ends a call with Call-Clear-Request'],
  },
  'clear-request-wrong-call-id': {
    title: 'Call-Clear-Request carries another Call ID',
    section: '2.12',
    iut: 'originator',
    breaks: ['It carries the Call ID that the PNS assigned'],
  },
  'clear-request-reserved-nonzero': {
    title: 'Call-Clear-Request has a Reserved1 that is not 0',
    section: '2.12',
    iut: 'originator',
    breaks: ['Reserved fields are sent as 0'],
  },
  'clears-with-notify': {
    title: 'A PNS ends its call with Call-Disconnect-Notify',
    section: '2.13',
    iut: 'originator',
    breaks: ["Call-Disconnect-Notify is the PAC's"],
  },
  'call-request-phone-number-missing': {
    title: 'Leaves Phone Number empty, and says that it has digits',
    section: '2.7',
    iut: 'originator',
    breaks: ['Phone Number is what its user asked for'],
  },
  'call-request-garbage-after-phone-number': {
    title: 'Phone Number goes on after its end',
    section: '2.7',
    iut: 'originator',
    breaks: ['The remainder of Phone Number is filled with 0'],
  },
  'call-serial-number-repeats': {
    title: 'Every call request has Call Serial Number 1',
    section: '2.7',
    iut: 'originator',
    breaks: ['A Call Serial Number is not used again'],
  },
  'data-before-call-reply': {
    title: 'Sends on the tunnel before the call reply',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['No data is sent before the reply'],
  },
  'call-reply-any-call': {
    title: "Takes a call reply with any Peer's Call ID for the one that it waits for",
    section: '2.8',
    iut: 'originator',
    breaks: ["Peer's Call ID names the call"],
  },
  'call-reply-refuses-id-zero': {
    title: 'Clears a call to which the PAC gave Call ID 0',
    section: '2.8',
    iut: 'originator',
    breaks: ['Any 16-bit Call ID is legal'],
  },
  'call-reply-refuses-equal-id': {
    title: 'Clears a call to which both ends gave the same Call ID',
    section: '3.2.2',
    iut: 'originator',
    breaks: ['Each end assigns Call IDs of its own'],
  },
  'call-reply-refuses-long-delay': {
    title: 'Clears a call over a Packet Processing Delay above 32767',
    section: '2.8',
    iut: 'originator',
    breaks: ['Any Packet Processing Delay is taken'],
  },
  'call-reply-heeds-channel': {
    title: 'Clears a call whose Physical Channel ID is 65535',
    section: '2.8',
    iut: 'originator',
    breaks: ['Physical Channel ID makes no difference'],
  },
  'disconnect-notify-any-call': {
    title: 'Takes Call-Disconnect-Notify with any Call ID for one of its call',
    section: '2.13',
    iut: 'originator',
    breaks: ['Call ID is the one that the PAC assigned'],
  },
  'disconnect-notify-by-own-call-id': {
    title: 'Takes Call-Disconnect-Notify with the Call ID that it assigned itself for one of its call',
    section: '2.13',
    iut: 'originator',
    breaks: ['Call ID is the one that the PAC assigned'],
  },
  'disconnect-notify-one-code': {
    title: 'Does nothing on Call-Disconnect-Notify unless its Result Code is 1',
    section: '2.13',
    iut: 'originator',
    breaks: ['A call that is over is over whatever the reason'],
  },
  'disconnect-notify-full-statistics-ignored': {
    title: 'Does nothing on Call-Disconnect-Notify whose Call Statistics fill their field',
    section: '2.13',
    iut: 'originator',
    breaks: ['A string may fill its field'],
  },
  'disconnect-notify-closes': {
    title: 'Closes the connection on Call-Disconnect-Notify',
    section: '2.13',
    iut: 'originator',
    breaks: ['The end of a call does not end the connection'],
  },
  'refused-call-closes': {
    title: 'Closes the connection when its call is refused',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['A local termination sends a stop request'],
  },
  'clear-request-unawaited': {
    title: 'Hangs up and closes without waiting for Call-Disconnect-Notify',
    section: '3.2.4.2',
    iut: 'originator',
    breaks: ['Call-Clear-Request is answered before anything else happens'],
  },
  'stop-request-missing': {
    title: 'Closes without Stop-Control-Connection-Request',
    section: '3.1.1',
    iut: 'originator',
    breaks: ['A local termination sends a stop request'],
  },
  'stop-request-undefined-reason': {
    title: 'Stop request has Reason 0',
    section: '2.3',
    iut: 'originator',
    breaks: ['Reason is one of 1 to 3'],
  },
  'stop-request-reserved-nonzero': {
    title: 'Stop request has reserved fields that are not 0',
    section: '2.3',
    iut: 'originator',
    breaks: ['Reserved fields are sent as 0'],
  },
  'stop-reply-awaited-forever': {
    title: 'Waits for a stop reply for ever',
    section: '3',
    iut: 'originator',
    breaks: ['A reply that does not come in 60 s ends the connection'],
  },
  ...ORIGINATOR_MUTANTS,
  ...OCCASIONAL_MUTANTS,
} as const satisfies Record<string, Mutant>

export type MutantName = keyof typeof MUTANTS

export const MUTANT_NAMES = Object.keys(MUTANTS) as MutantName[]

/** Which side of the control connection the mutant has to take for its fault to show. */
export function sideOf(name: MutantName): 'recipient' | 'originator' {
  const mutant: Mutant = MUTANTS[name]
  return mutant.iut ?? 'recipient'
}

export function isMutantName(name: string): name is MutantName {
  return Object.hasOwn(MUTANTS, name)
}
