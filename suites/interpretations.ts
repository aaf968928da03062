/**
 * One place where RFC 2637, or a document of PPP, can be read in more than one way, and the way
 * this project reads it.
 */
export interface Interpretation {
  readonly title: string
  /** The document, such as `RFC 3078`; RFC 2637 where absent. */
  readonly document?: string
  readonly section: string
  /** Page of the document. */
  readonly page: number
  /** Other sections that the question touches. */
  readonly also?: readonly string[]
  readonly readings: readonly [string, string, ...string[]]
  /** The reading that the harness takes, with the verdicts that follow from it. */
  readonly taken: string
  readonly why: string
}

/** The register of interpretations. To dispute a verdict, change an entry here, not a suite. */
export const INTERPRETATIONS = {
  'A-01': {
    title: 'Who is PAC and who is PNS when a client calls a server',
    section: '1.1',
    page: 5,
    also: ['1.2'],
    readings: [
      'The server is the PNS: that is what the abstract and the terminology call it.',
      'The machine that calls is the PNS, so the server is the PAC.',
    ],
    taken:
      'The end that opens TCP and sends Outgoing-Call-Request is the PNS, the other one the PAC. Roles are taken from who sends which call request, never from what a manual calls a server.',
    why: 'Section 1.1 speaks of this very case. Only with this reading do deployed implementations send Outgoing-Call-Request, Call-Clear-Request, Call-Disconnect-Notify and Set-Link-Info in the right direction.',
  },
  'A-02': {
    title: 'Call-Clear-Request of a PAC, Call-Disconnect-Notify of a PNS',
    section: '2.12',
    page: 31,
    also: ['2.13', '1.3.1'],
    readings: [
      'Either side may release a session, so either may send either message.',
      'Each message has its direction; a message in the other direction is invalid.',
    ],
    taken:
      'A PNS clears with Call-Clear-Request and a PAC notifies with Call-Disconnect-Notify; sending the other one fails. A receiver of a message in the wrong direction may ignore it, end the call or close the connection, but not hang.',
    why: 'Both sections name sender and receiver. The RFC does not say what to do about the wrong direction, so only robustness can be asked.',
  },
  'A-03': {
    title: 'Whose Call ID a Call-Disconnect-Notify carries',
    section: '2.13',
    page: 32,
    readings: [
      'The one that the PAC assigned, as the first sentence says.',
      "The one that the PNS assigned: the reason given (the PNS may not know its peer's) fits no other.",
    ],
    taken:
      'The one that the PAC assigned. The one that the PNS assigned fails, unless both are the same number.',
    why: 'The sentence is plain; the reason after it is that of Call-Clear-Request, carried over by mistake.',
  },
  'A-04': {
    title: 'Call-Clear-Request before the Outgoing-Call-Reply',
    section: '3.2.4.1',
    page: 45,
    also: ['2.12', '3.2.4'],
    readings: [
      'The diagram: only a Call-Disconnect-Notify follows.',
      'Section 3.2.4: the Outgoing-Call-Reply comes in any case, once the outcome is known.',
    ],
    taken:
      'Three reactions are right: a Call-Disconnect-Notify, a reply that reports failure, and a reply that reports success followed by a Call-Disconnect-Notify. A call that lives on, or no reaction at all, fails.',
    why: 'The PNS cannot know the Call ID in that notification, and the reply is a MUST: the two texts cannot both be kept to the letter.',
  },
  'A-05': {
    title: 'A message for a Call ID that names no call',
    section: '2.16',
    page: 36,
    also: ['2.12', '2.15'],
    readings: [
      'It is ignored: the RFC says nothing about it.',
      'It is answered with Call-Disconnect-Notify, Result Code 2 and Error Code 5.',
      'It is an invalid message, over which section 3 closes the connection.',
    ],
    taken:
      'Other calls live on in any case. Silence and the notification are both right; closing the connection is a warning.',
    why: 'Error Code 5 was made for this, but the notification has no Call ID to carry. A wrong number in one call is a poor reason to end all of them, and a race with Call-Disconnect-Notify can produce it.',
  },
  'A-06': {
    title: 'Who sends Set-Link-Info',
    section: '2.15',
    page: 35,
    also: ['1.3.1'],
    readings: ['The PNS, as section 2.15 says.', 'Either side: section 1.3.1 names no side.'],
    taken: 'The PNS. A PAC that sends it fails; a PNS that gets it survives it.',
    why: 'Section 2.15 defines the message; section 1.3.1 only mentions it.',
  },
  'A-07': {
    title: 'What Set-Link-Info does where there is no line',
    section: '2.15',
    page: 36,
    also: ['4'],
    readings: [
      'It has to change something, so its effect can be tested.',
      'Without an asynchronous line it has no effect.',
    ],
    taken:
      'It is accepted any number of times, with no effect that shows; a PNS that never sends it is right too. Whatever the maps say, nothing is escaped in the tunnel.',
    why: "The maps are for the PAC's dial-in line, and section 4 forbids escapes in the tunnel.",
  },
  'A-08': {
    title: 'Default maps, and what LCP negotiates',
    section: '2.15',
    page: 36,
    readings: [
      'Until Set-Link-Info comes the map is 0xFFFFFFFF, whatever LCP agreed on.',
      'What LCP agreed on counts.',
    ],
    taken: 'Not tested.',
    why: "Only the PAC's telephone line could show it.",
  },
  'A-09': {
    title: 'Reactions to malformed input',
    section: '3',
    page: 37,
    also: ['1.4', '2.16'],
    readings: [
      'The connection is closed at once, whatever is wrong (section 1.4).',
      'The connection should be closed (section 3).',
      'An error reply says what is wrong (section 2.16).',
    ],
    taken:
      'Three cases. (1) A wrong Magic Cookie or an impossible Length: closed at once, no answer, no search for the next message. (2) The stream is in step, but the Length is not that of the type, or the type is not defined: closed, or answered with Bad-Format where a reply exists; ignoring the message is a warning, acting on it fails. (3) A bad value in a field: Bad-Value is best, another refusal or closing is tolerated, success fails.',
    why: 'The strongest wording (must, immediate) is about losing step with the stream. Error codes make sense only if some errors are answered. For all other cases the wording is a should.',
  },
  'A-10': {
    title: 'Undefined Control Message Types, and management messages',
    section: '1.4',
    page: 8,
    also: ['3'],
    readings: [
      'They are for later versions, so they are ignored.',
      'They are invalid, so section 3 applies.',
    ],
    taken:
      'As case 2 of A-09: closing or an error reply is right, ignoring them is a warning. Executing one as if it were another message fails.',
    why: 'Section 3 has the only rule about them.',
  },
  'A-11': {
    title: 'A reserved field that is not 0',
    section: '2.16',
    page: 36,
    also: ['2'],
    readings: ['It is ignored: it is there for extensions.', 'It is a Bad-Value.'],
    taken:
      'Sending one fails. Ignoring one and answering Bad-Value are both right; closing because of one is a warning.',
    why: 'The text supports both readings.',
  },
  'A-12': {
    title: 'A message longer than its table',
    section: '2.16',
    page: 36,
    readings: ['It is an extension: octets beyond the table are ignored.', 'Its Length is wrong.'],
    taken: 'Its Length is wrong: case 2 of A-09.',
    why: 'Every message has a fixed drawing, and Bad-Format is defined by a wrong Length.',
  },
  'A-13': {
    title: 'How long the header is',
    section: '1.4',
    page: 8,
    readings: ['8 octets, as the text says.', '12 octets, as every drawing shows.'],
    taken:
      'A Length below 12 is impossible; a Length from 12 up that is not that of the type is wrong (A-09). The smallest message has 16 octets.',
    why: 'Control Message Type and Reserved0 are in every message that is defined.',
  },
  'A-14': {
    title: 'Where the general error codes are',
    section: '2.2',
    page: 14,
    also: ['2.4', '2.6', '2.8', '2.10', '2.13'],
    readings: ['Section 2.2, as printed.', 'Section 2.16.'],
    taken: 'Section 2.16, everywhere.',
    why: 'Verified errata 4790 to 4793; the note to 4790 covers sections 2.10 and 2.13.',
  },
  'A-15': {
    title: 'How a failed call is reported',
    section: '3.2.4.1',
    page: 45,
    also: ['2.8'],
    readings: [
      'With an Error Code that is not 0, as the state table says.',
      'With a Result Code other than 1; Error Code is 0 unless Result Code is 2, as section 2.8 says.',
    ],
    taken:
      'Result Codes 3 to 7 with Error Code 0 are right, and so is Result Code 2 with another Error Code. Result Codes 3 to 7 with another Error Code are a warning; Result Code 1 with another Error Code fails.',
    why: 'Section 2.8 defines the fields, and has Result Codes for these failures.',
  },
  'A-16': {
    title: 'A general error with Error Code 0',
    section: '2.16',
    page: 36,
    also: ['2.2', '2.4', '2.6', '2.8', '2.10', '2.13'],
    readings: [
      'Allowed: 0 is in the list of codes.',
      'A contradiction: there is a general error, and there is none.',
    ],
    taken: 'A warning.',
    why: 'Error Code 0 defeats the purpose of the field here, but no sentence forbids it.',
  },
  'A-17': {
    title: 'The garbled condition for later versions',
    section: '3.1.2',
    page: 39,
    readings: [
      "The receiver's version is the same as the peer's.",
      "The receiver's version is the same as, or earlier than, the peer's.",
    ],
    taken:
      "The same as or earlier than the peer's: the receiver answers with its own version and the connection is established.",
    why: 'No other repair makes it a sentence, and it is what the originator expects in section 3.1.1.',
  },
  'A-18': {
    title: 'Versions of a reply about which section 3.1.1 says nothing',
    section: '3.1.1',
    page: 38,
    readings: [
      'Only an earlier version is examined; any other is accepted.',
      'The same version is accepted; a later version than was asked for is not.',
    ],
    taken:
      'The same version establishes the connection. A later one does not: the originator asks to stop, or closes.',
    why: 'The diagram wants the version to be OK, and versions are only ever negotiated down.',
  },
  'A-19': {
    title: 'Whether the revision counts in comparing versions',
    section: '1.4',
    page: 9,
    readings: ['Only the high octet is the version.', 'The field is compared as one number.'],
    taken: 'As one 16-bit number: 0x0101 is later than 0x0100 and is answered with 0x0100 and success.',
    why: 'The RFC speaks of one version number field. Either way of comparing leads to the same answer here.',
  },
  'A-20': {
    title: 'The version in a reply that refuses the version',
    section: '2.2',
    page: 13,
    also: ['3.1.2'],
    readings: ['The one that was asked for.', "The recipient's own."],
    taken: "Any; the recipient's own is best.",
    why: 'The field is the version that its sender wants to use, but nothing is used after a refusal.',
  },
  'A-21': {
    title: 'The Start-Connection-Reply',
    section: '3.1.2',
    page: 39,
    readings: ['A message that is defined nowhere.', 'Start-Control-Connection-Reply with Result Code 5.'],
    taken: 'Start-Control-Connection-Reply with Result Code 5.',
    why: 'The diagram has the reply with an error, and Result Code 5 has no other use.',
  },
  'A-22': {
    title: 'A reply that refuses for another reason than the version',
    section: '3.1.1',
    page: 37,
    also: ['2.2'],
    readings: ['The originator asks to stop and waits.', 'The originator closes.', 'The recipient closes.'],
    taken:
      'The originator places no call and ends TCP, with or without Stop-Control-Connection-Request. The recipient may close at once, or wait for the originator or for 60 seconds.',
    why: 'The diagram has no arc for this; it is only certain that no connection was established.',
  },
  'A-23': {
    title: 'Misprints about stopping in both diagrams',
    section: '3.1.2',
    page: 39,
    also: ['3.1.1'],
    readings: [
      "As drawn: a start request stops the recipient's connection, and the originator leaves wait_stop_reply on a stop request only.",
      'As written: a stop request is answered and ends the connection, and a stop reply ends the waiting.',
    ],
    taken:
      'As written. While a stop reply is awaited, a stop request is answered and ends the connection as well.',
    why: 'The text of both sections agrees with itself and with sections 2.3 and 2.4; a stop reply to a start request makes no sense.',
  },
  'A-24': {
    title: 'Who closes TCP after the stop exchange',
    section: '3.1.1',
    page: 38,
    also: ['3.1.2'],
    readings: ['The one that replied.', 'The one that asked.', 'Both.'],
    taken:
      'Both. The implementation has to close within about five seconds, whether it replied or asked; which end closes first does not matter. The reply must be readable before TCP closes.',
    why: 'The RFC says both, each as a SHOULD.',
  },
  'A-25': {
    title: 'The originator in the section about the receiver',
    section: '3.1.2',
    page: 39,
    readings: ['Only the originator sends stop requests.', 'The receiver is meant.'],
    taken: 'The receiver is meant.',
    why: 'The section is about the receiver; its paragraphs are those of section 3.1.1.',
  },
  'A-26': {
    title: 'Endings without Stop-Control-Connection-Request',
    section: '3.1.1',
    page: 38,
    also: ['3.1.4', '1.4', '3'],
    readings: [
      'An end that closes of its own will always sends the request first: it is a MUST.',
      'Time-outs and loss of synchronization just close TCP.',
    ],
    taken:
      'The request is due when an implementation ends the connection of its own will: shutting down, hanging up, limits of its own. At a time-out closing is right, and the request is tolerated. After loss of synchronization nothing is sent.',
    why: 'Section 3.1.4 defines closing as closing TCP, and section 1.4 wants it immediate.',
  },
  'A-27': {
    title: 'Whether the last call takes the control connection with it',
    section: '1.3.1',
    page: 7,
    also: ['2.13', '3.2.4.1'],
    readings: ['With no call left the connection has no use and may go.', 'The connection stays.'],
    taken: 'It stays. An implementation that wants to end it sends Stop-Control-Connection-Request.',
    why: 'Calls and connection have state machines of their own, and no arc joins them.',
  },
  'A-28': {
    title: 'A stop reply that says that the connection was not closed',
    section: '2.4',
    page: 17,
    readings: ['The connection is closed all the same.', 'The connection goes on.'],
    taken: 'It goes on; the end that asked may ask again, or close after 60 seconds.',
    why: 'The text of the Result Code says that it was not closed.',
  },
  'A-29': {
    title: 'Whether each call is notified when the connection is stopped',
    section: '2.3',
    page: 15,
    also: ['2.13'],
    readings: [
      'Each call that ends has its Call-Disconnect-Notify.',
      'Calls are cleared with the connection, without a message.',
    ],
    taken: 'Either. Notifications come before the stop reply or not at all; the calls are dead afterwards.',
    why: 'Section 2.3 clears calls implicitly, section 2.13 wants a notification whenever a call ends.',
  },
  'A-30': {
    title: 'Which message saves a connection after an Echo-Request',
    section: '3.1.4',
    page: 40,
    readings: ['Only the Echo-Reply.', 'Any control message: it shows that the peer lives.'],
    taken:
      'The Echo-Reply saves it. If another message comes instead, closing and going on are both right. An Echo-Reply with another Identifier is no reply to that request; going on because of it is a warning.',
    why: 'The text names the Echo-Reply; the purpose is served by any message. Section 2.5 has the Identifier match reply and request.',
  },
  'A-31': {
    title: 'Echo-Requests before 60 seconds of silence',
    section: '3.1.4',
    page: 40,
    also: ['2.5'],
    readings: ['It is sent after exactly 60 seconds.', 'It is sent after 60 seconds at the latest.'],
    taken:
      'After 60 seconds at the latest: earlier is right. Later, allowing for tolerance, or never, is a warning.',
    why: 'Section 2.5 lets either peer send it and sets no least interval. The demand is a SHOULD.',
  },
  'A-32': {
    title: 'When a connection that is not established is closed',
    section: '3.1.4',
    page: 40,
    readings: [
      'After exactly 60 seconds.',
      'After 60 seconds at the latest.',
      'After 60 seconds without an octet.',
    ],
    taken:
      'Between 55 and 75 seconds is right; earlier, later or never is a warning that names the time seen. Parts of a message do not begin the time anew.',
    why: 'It is a SHOULD with a number. The end waits for a message, not for octets.',
  },
  'A-33': {
    title: 'How long a PNS waits for an Outgoing-Call-Reply',
    section: '3.2.1',
    page: 41,
    also: ['3'],
    readings: [
      '60 seconds, then the control connection is closed.',
      'Longer than a minute: a call abroad may take that long.',
      'As long as the keep-alive is answered: strict timers are not needed.',
    ],
    taken:
      'At least 60 seconds. Then closing the whole connection is right; clearing only the call, and waiting longer, are warnings. Giving up earlier is a warning.',
    why: 'Sections 3 and 3.2.1 both say a minute, and section 3.2.1 weakens that. It only discourages short timers.',
  },
  'A-34': {
    title: 'Who restarts a connection that was closed over an error',
    section: '3',
    page: 37,
    also: ['3.2.1'],
    readings: ['Both sides.', 'The originator.'],
    taken: 'The originator, if it is set up to persist. A recipient only has to accept again.',
    why: 'A recipient opens nothing.',
  },
  'A-35': {
    title: 'A second control connection between the same addresses',
    section: '3.1.3',
    page: 40,
    also: ['2.1', '2.2'],
    readings: [
      'It is never established: one connection for each pair is a must.',
      'Several clients behind one address are several peers.',
    ],
    taken:
      'Result Code 3, not accepting it, and replacing the first connection are right. Both side by side, with Call IDs that differ, is a warning. Every other scenario uses an address of its own or one connection at a time.',
    why: 'Address translation makes several peers look like one, and deployed servers allow for that on purpose; a recipient cannot tell the difference.',
  },
  'A-36': {
    title: 'A start request on an established connection',
    section: '3.1.2',
    page: 39,
    also: ['2.2'],
    readings: [
      'It is answered with Result Code 3.',
      'It is an unexpected message: the connection may be closed.',
      'It is answered with success again.',
    ],
    taken: 'Result Code 3 and closing are right; success fails.',
    why: 'Result Code 3 says that the connection exists already. After a second success it would be unclear what was agreed on.',
  },
  'A-37': {
    title: 'Messages before the connection is established',
    section: '2.1',
    page: 10,
    also: ['2.16', '3.1.1', '3.1.2'],
    readings: ['They are answered with Error Code 1.', 'They are invalid, and not answered.'],
    taken: 'An error reply, silence and closing are all right; success fails. Sending such a message fails.',
    why: 'Error Code 1 exists for an answer, and yet no message may be issued: the text supports both readings.',
  },
  'A-38': {
    title: 'Among which Call IDs a Call ID is unique',
    section: '3.2.2',
    page: 41,
    also: ['2.7', '2.8', '2.9', '2.10'],
    readings: [
      'Among all Call IDs of the tunnel: a session is a triple with one Call ID.',
      'Among those that the same peer assigned.',
    ],
    taken:
      'Among the Call IDs that the same end assigned to live calls. Equal numbers assigned by the two ends are right.',
    why: 'Each peer assigns without knowing what the other will assign, so it could keep no stricter rule; and only the end that assigned a Call ID looks it up in the GRE key.',
  },
  'A-39': {
    title: 'Call ID 0 and 65535',
    section: '2.7',
    page: 21,
    also: ['2.8', '2.9'],
    readings: ['Reserved, as in many protocols.', 'Numbers like any other.'],
    taken: 'Numbers like any other.',
    why: 'Nothing excludes them.',
  },
  'A-40': {
    title: 'The Call ID of a reply that refuses a call',
    section: '2.8',
    page: 23,
    also: ['2.10'],
    readings: ['It has to be one that could be used.', 'It says nothing.'],
    taken: "Any value. Peer's Call ID has to be right.",
    why: 'There is no session to which it would be assigned.',
  },
  'A-41': {
    title: 'For how long a Call Serial Number is unique, and how strongly',
    section: '2.7',
    page: 21,
    also: ['2.9'],
    readings: ['A SHOULD in section 2.7, and less in section 2.9.', 'The same in both.'],
    taken: 'A SHOULD in both, judged over one run of the harness.',
    why: 'The paragraphs are copies. Sixteen bits cannot be unique for ever.',
  },
  'A-42': {
    title: 'Whether ignoring Maximum Channels is a MUST',
    section: '2.2',
    page: 14,
    also: ['2.1'],
    readings: ['MUST in section 2.1, and less in section 2.2.', 'MUST in both.'],
    taken:
      'MUST in both for ignoring it, SHOULD in both for a PNS sending 0. Only section 2.2 says that it is not to be tracked, and that binds every PNS.',
    why: 'It is the same sentence twice.',
  },
  'A-43': {
    title: 'Capabilities without any bit',
    section: '2.2',
    page: 14,
    also: ['2.1'],
    readings: ['Allowed: no minimum is given.', 'A contradiction for a PAC that takes calls.'],
    taken: 'A warning, for a PAC that goes on to connect a call. A recipient accepts a peer without any bit.',
    why: 'Every bit that is set is legal, but something has to be supported to take a call.',
  },
  'A-44': {
    title: 'Speeds that cannot be met',
    section: '2.7',
    page: 21,
    also: ['2.8'],
    readings: [
      'A Minimum BPS above the Maximum BPS is a bad value.',
      'Speeds mean nothing where there is no line.',
    ],
    taken:
      'Refusing it (best as Bad-Value) is right, connecting such a call a warning. A connected call has a Connect Speed within the range that was asked for; another speed is a warning.',
    why: 'The RFC speaks plainly of the lowest and highest acceptable speed, but only implies that such a request is a bad value.',
  },
  'A-45': {
    title: 'A receive window of 0',
    section: '2.7',
    page: 21,
    also: ['2.8', '2.11', '4.2.1'],
    readings: ['A bad value.', 'A window of one packet, the least that there is.', 'No data may be sent.'],
    taken:
      'Announcing 0 is a warning, since no sentence forbids it. A peer to which 0 is announced may refuse or send one packet at a time, but not hang.',
    why: 'Section 4.2.1 makes one packet the least window to send with.',
  },
  'A-46': {
    title: "The PAC's window in a message of the PNS",
    section: '2.10',
    page: 29,
    readings: [
      'The PNS tells how much the PAC buffers.',
      'The PNS tells how much it buffers itself, and what delay data has on its way from the PAC.',
    ],
    taken: "The PNS's own window and delay.",
    why: 'The purpose of the message says so, and only then does it mirror section 2.7; a PNS cannot know what a PAC buffers.',
  },
  'A-47': {
    title: 'Fields with two names',
    section: '2.2',
    page: 14,
    also: ['2.1', '2.9', '2.11'],
    readings: ['Different fields.', 'The same fields.'],
    taken:
      'Vendor Name and Vendor String, Framing and Bearer Capability and Capabilities, Call Bearer Type and Bearer Type, Packet Transmit Delay and Processing Delay are the same.',
    why: 'They have the same place in the message.',
  },
  'A-48': {
    title: 'Reserved fields that are drawn but not described',
    section: '2.13',
    page: 32,
    also: ['2.11', '2.14'],
    readings: ['They may have any value.', 'They are 0.'],
    taken: 'They are 0.',
    why: 'Section 2 says so of any reserved field.',
  },
  'A-49': {
    title: "Which end assigned the Call ID in the GRE key, which the drawing calls Peer's Call ID",
    section: '4.1',
    page: 48,
    also: ['2.8', '2.10'],
    readings: ['The sender of the packet: its peer would call it so.', 'The receiver of the packet.'],
    taken: 'The receiver of the packet.',
    why: 'Sections 2.8 and 2.10 say which value goes into the header, and agree only with this reading.',
  },
  'A-50': {
    title: 'The first sequence number',
    section: '4.1',
    page: 49,
    also: ['4.3'],
    readings: [
      '0: the number is set to zero and the first packet has it.',
      '1: the number is set to zero and the first packet is assigned the next one.',
    ],
    taken:
      '0. A stream from 1 is a warning. A receiver takes a stream that begins with 0; it takes a stream from 1 as well, because it tolerates loss.',
    why: 'The example of section 4.3 begins with packet 0. But the sentence can be read the other way, and that harms no receiver: a stream from 1 looks like one that lost its first packet.',
  },
  'A-51': {
    title: 'Whether FF 03 is media framing',
    section: '4',
    page: 47,
    also: ['4.1'],
    readings: [
      'Address and Control belong to HDLC-like framing and are left out.',
      'They belong to the PPP packet unless PPP agreed to compress them.',
    ],
    taken: 'Both are accepted. The tester sends them with LCP, and otherwise by what LCP agreed on.',
    why: 'Strictly they are framing (RFC 1662), but the list of what is left out does not name them, and deployed peers send them.',
  },
  'A-52': {
    title: 'Whether 1532 octets is what may be sent or what must be taken',
    section: '1.4',
    page: 9,
    readings: ['The most that may be sent.', 'The least that must be taken.'],
    taken: 'Both. IP may fragment.',
    why: 'An MTU is shared by the two ends.',
  },
  'A-53': {
    title: 'Whether a discarded packet counts as received',
    section: '4.1',
    page: 49,
    also: ['4.3'],
    readings: [
      'The highest packet that arrived is acknowledged.',
      'The highest packet that was accepted is acknowledged.',
    ],
    taken: 'Either. The number never goes back and is never ahead of what was sent.',
    why: 'The two differ only for packets that are discarded, by which the sender gains or loses a little credit.',
  },
  'A-54': {
    title: 'Packets out of sequence: discard or reorder, wait or go on',
    section: '4.3',
    page: 51,
    readings: [
      'A late packet must be discarded.',
      'Packets may be put in order, which needs some waiting for the gap to close.',
    ],
    taken:
      'Either; the wait ends within a second. Packets are passed on in order, and each number once. The acknowledgment of the early packet may wait as long.',
    why: 'The sentence that says MUST goes on with the alternative.',
  },
  'A-55': {
    title: 'Whether data has to be acknowledged when there is none to send back',
    section: '4.2',
    page: 49,
    also: ['4.4'],
    readings: [
      'Acknowledgments by themselves are only allowed.',
      'Data is acknowledged within the time-out of its sender.',
    ],
    taken: 'Data is acknowledged within a second; never acknowledging it fails.',
    why: 'Otherwise a sender in one direction would always stall, and time-outs are there for loss.',
  },
  'A-56': {
    title: 'Odd combinations of S, A and payload',
    section: '4.1',
    page: 48,
    readings: [
      'Any combination may be sent.',
      'S follows the payload, and each packet carries data or an acknowledgment.',
    ],
    taken:
      'A sender sends neither S without a payload nor a payload without S. A packet with neither S nor A is a warning. A receiver ignores all of them.',
    why: 'S is defined by the payload. No sentence excludes a packet with neither S nor A.',
  },
  'A-57': {
    title: 'Packets with a wrong header',
    section: '4.1',
    page: 48,
    readings: ['Bits that are not understood are ignored.', 'The packet is dropped.'],
    taken:
      'A packet with a wrong C, R, K, Ver or Protocol Type is dropped: processing it fails. What happens with s, Recur and Flags is only recorded.',
    why: 'The first group changes how the rest of the packet is read, the second does not.',
  },
  'A-58': {
    title: 'A Payload Length that is not what IP carried',
    section: '4.1',
    page: 48,
    readings: ['What IP carried counts.', 'Payload Length counts.'],
    taken:
      'If Payload Length is longer, the packet is dropped. If it is shorter, the octets after it are no payload.',
    why: 'The field is defined as the size of the payload.',
  },
  'A-59': {
    title: 'How much may be sent at first',
    section: '4.2.1',
    page: 49,
    readings: [
      'Half the window: that is what it is set to.',
      'The whole window: the rest is a recommendation.',
    ],
    taken:
      'Up to half the window, rounded up, is right; from there to the whole window is a warning; more fails.',
    why: 'Recommended is one of the words that the RFC defines. What the receiver announced is a promise about buffers.',
  },
  'A-60': {
    title: 'Whether packets under way count after a time-out',
    section: '4.2.2',
    page: 49,
    also: ['4.2.3'],
    readings: [
      'They still await acknowledgment and count against the window.',
      'They are taken for lost and count no more.',
    ],
    taken:
      'They count no more. Halving the window for each packet, and once for all that time out together, are both right.',
    why: 'Otherwise sending could not go on, as section 4.2.3 says it does.',
  },
  'A-61': {
    title: 'The unit of Packet Processing Delay',
    section: '4.4',
    page: 52,
    also: ['2.7', '2.8'],
    readings: ['Seconds, as the formula yields.', 'Tenths of a second, as the fields say.'],
    taken:
      'Tenths of a second. Any value may be sent. A sender that gives up waiting for its first acknowledgment before the announced time is a warning.',
    why: 'The fields are defined in three places, the formula is one possible way.',
  },
  'A-62': {
    title: 'Wrong references to other sections',
    section: '1.4',
    page: 9,
    also: ['3.1.1', '4.4.2'],
    readings: ['As printed: section 2, section 4.1.3, the next section.', 'As meant.'],
    taken:
      'Version handling is in sections 3.1.1 and 3.1.2, the collision in section 3.1.3, the shrinking window in section 4.2.2.',
    why: 'Those sections are about these subjects.',
  },
  'A-63': {
    title: 'Whether a PAC may answer the telephone first',
    section: '3.2.3',
    page: 42,
    also: ['2.9'],
    readings: ['It may wait (section 2.9).', 'It waits (section 3.2.3).'],
    taken: 'Only one thing can be observed: no Incoming-Call-Connected comes before the Incoming-Call-Reply.',
    why: 'The harness does not see the telephone line.',
  },
  'A-64': {
    title: 'Incoming-Call-Request to an implementation that takes no incoming calls',
    section: '3.2.3.2',
    page: 44,
    also: ['2.9', '3.2.3'],
    readings: ['It is answered with a refusal.', 'It is an unexpected message.'],
    taken:
      'A refusal is right; ignoring the request without losing step, and closing the connection, are warnings; ending other calls fails.',
    why: 'The RFC knows only the reply as an answer, but does not ask every implementation to be a PNS.',
  },
  'A-65': {
    title: 'Whether calls end with the TCP connection',
    section: '3',
    page: 36,
    also: ['3.2.1'],
    readings: ['They may outlive it until they are cleared.', 'They end with it.'],
    taken: 'They end, promptly.',
    why: 'Nothing could control them any more, and their Call IDs are free once a new control connection starts.',
  },
  'A-66': {
    title: 'Which IP protocol the tunnel has',
    section: '4',
    page: 47,
    readings: ['Not said.', '47, that of GRE.'],
    taken: '47.',
    why: 'The references for GRE, RFC 1701 and 1702, give it.',
  },
  'A-67': {
    title: 'WAN-Error-Notify once in 60 seconds: for each call or for each connection',
    section: '2.14',
    page: 33,
    readings: ['Not twice in 60 seconds for one call.', 'Not twice in 60 seconds on one connection.'],
    taken: 'For one call.',
    why: 'The message names one call, and its counters are those of that call.',
  },
  'A-68': {
    title: 'The Result Code for hanging up in PPP',
    section: '2.13',
    page: 33,
    readings: ['Lost carrier.', 'Administrative shutdown.', 'None fits.'],
    taken: 'Result Code 1 or 3. Result Code 4 is only for a Call-Clear-Request; an undefined one fails.',
    why: 'The list is closed, and no other code is closer.',
  },
  'A-69': {
    title: 'Collisions',
    section: '3.1.3',
    page: 40,
    readings: [
      'Every implementation is tested for them.',
      'Only an implementation that both listens and originates can be tested.',
    ],
    taken: 'Skipped for implementations that only listen or only originate; that is no failure.',
    why: 'Without a listener that originates there is no collision.',
  },
  'A-70': {
    title: 'The number after sequence number 4294967295',
    section: '4.1',
    page: 49,
    also: ['4.3'],
    readings: [
      'Nothing: not said, and a session has to end before.',
      '0; which of two numbers is the later one is told by the shorter way from one to the other.',
    ],
    taken: '0, which is later than 4294967295.',
    why: 'The field has 32 bits, and nothing limits what a session may carry. TCP and other protocols with windows do the same.',
  },
  'A-71': {
    title: 'Acknowledgment of a packet that was never sent',
    section: '4.2.5',
    page: 50,
    also: ['4.1'],
    readings: [
      'It is ignored.',
      'It covers every packet with a lower number, also those that are sent later.',
      'The peer is broken: the session is ended.',
    ],
    taken:
      'It is ignored, or taken as that of the last packet sent. If later acknowledgments no longer count, so that sending goes from time-out to time-out, that is a warning. The same goes for an acknowledgment that is late or repeated.',
    why: 'An acknowledgment is for packets that were received. The number may be damaged or left over from another call, and one such packet must not stop a session.',
  },
  'A-72': {
    title: 'A time-out that does not get longer',
    section: '4.4.2',
    page: 54,
    also: ['4.4'],
    readings: [
      'Not allowed: some strategy has to make it longer when it expires.',
      'Allowed where it is the longest that is configured.',
    ],
    taken: 'A warning, if the last of several time-outs in a row is not longer than the first.',
    why: 'Both sections want it longer up to a limit, and nobody outside knows the limit.',
  },
  'A-73': {
    title: 'A statement that one section makes plainly and another with SHOULD',
    section: '2.12',
    page: 31,
    also: ['2.4', '2.13', '3.2.4.1'],
    readings: [
      'The plain statement counts: an implementation that does otherwise fails.',
      'The keyword counts: it says how strongly the plain statement is meant.',
    ],
    taken: 'The keyword counts: an implementation that does otherwise gets a warning.',
    why: 'Section 2 says what a message is for, section 3 says what to do, and only section 3 says how strongly.',
  },
  // P: documents of PPP.
  'P-01': {
    title: 'A datagram in the clear in an encrypted session',
    document: 'RFC 3078',
    section: '3',
    page: 4,
    readings: [
      'Only senders are bound: datagrams are sent encrypted. A receiver may do as it likes with a datagram in the clear.',
      'A datagram in the clear is no part of the session, and a receiver that demanded encryption drops it.',
    ],
    taken:
      'A receiver that demanded encryption, and agreed on it, drops datagrams in the clear; taking one is a warning.',
    why: 'Anybody can send GRE packets with a known Call ID and a likely sequence number. If a receiver takes them in the clear, their content reaches the network behind the server without any key, and the demanded encryption does not protect that network. But the RFC binds senders only, so this is no failure.',
  },
} as const satisfies Readonly<Record<string, Interpretation>>

export type InterpretationId = keyof typeof INTERPRETATIONS
