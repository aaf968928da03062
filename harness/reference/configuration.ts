import { ENCRYPTED_PPP } from './ppp-profiles.ts'
import type { PppSettings } from './ppp-settings.ts'

/**
 * How an outgoing call that the PAC places ends up: answered, or failed for one of the reasons of
 * section 2.8.
 */
export type DialOutcome = 'answered' | 'no-carrier' | 'busy' | 'no-dial-tone' | 'time-out' | 'not-accepted'

/**
 * Everything that can be set on a reference peer. Times in ms, sizes in packets or octets as said.
 */
export interface Configuration {
  readonly hostName: string
  readonly vendorName: string
  readonly firmwareRevision: number
  /** Acts as PAC: answers Outgoing-Call-Request; otherwise Result Code 7. */
  readonly outgoingCalls: boolean
  /**
   * Acts as PNS: answers Incoming-Call-Request with Result Code 1; otherwise 3 (interpretation
   *
   */
  readonly incomingCalls: boolean
  /** Calls at once, over all control connections; also the Maximum Channels it announces. */
  readonly channels: number
  /** TCP connections at once; one more is reset. */
  readonly connections: number
  /**
   * `one`: a second control connection from the same address gets Result Code 3 (interpretation
   *
   */
  readonly connectionsPerPeer: 'one' | 'many'
  /**
   * The first Call ID it assigns; the following ones count up. High by default, so that it differs
   * from what a peer assigns.
   */
  readonly firstCallId: number
  /** bit/s, for Connect Speed, kept within what the peer asks for. */
  readonly connectSpeed: number
  /** From Outgoing-Call-Request to the answer of the called party; 0 answers at once. */
  readonly dialTime: number
  readonly dialOutcome: DialOutcome
  /** Packet Recv. Window Size it announces. */
  readonly window: number
  /** Packet Processing Delay it announces, in tenths of a second. */
  readonly processingDelay: number
  /** How long an acknowledgment may wait for data to ride on. */
  readonly acknowledgmentDelay: number
  /**
   * When a PNS tells of the maps of its calls (section 2.15): once PPP has agreed on one, or as
   * soon as a call is connected, too.
   */
  readonly linkInfo: 'once-agreed' | 'once-connected'
  /**
   * How it hangs up: clears the call and stops when that is over; asks to stop in the same breath;
   * or only asks to stop, which clears the call by the way (section 2.3).
   */
  readonly hangingUp: 'clear-then-stop' | 'clear-and-stop' | 'stop'
  /**
   * A PNS that gives a connection up over a call without a transition clears that call first
   * (section 3.2.1).
   */
  readonly clearsOverdueCalls: boolean
  /**
   * Asked to stop, a PNS clears each of its calls by message before it replies (interpretation
   *
   */
  readonly clearsBeforeStop: boolean
  /** Packets that wait for the peer's window to open; more are dropped (section 4.2.4). */
  readonly queueLimit: number
  /** Section 4.4.1. */
  readonly minimumTimeOut: number
  readonly maximumTimeOut: number
  /** Section 3.1.4, case 1, and every other 60 s of section 3. */
  readonly replyTimeOut: number
  /** Section 3.1.4, case 2: silence before an Echo-Request, and the wait for its reply. */
  readonly keepAlive: number
  /**
   * From the end of a connection that was closed over an error to the next attempt, where it
   * persists.
   */
  readonly restartDelay: number
  /** After our FIN, how long the peer may keep its side open before the connection is reset. */
  readonly linger: number
  /** Magic numbers and identifiers derive from it. */
  readonly seed: number
  /** What lives behind each call. */
  readonly ppp: PppSettings
}

export const DEFAULT_CONFIGURATION: Configuration = {
  hostName: 'reference.pptpspec.test',
  vendorName: 'pptpspec reference',
  firmwareRevision: 1,
  outgoingCalls: true,
  incomingCalls: true,
  channels: 16,
  connections: 64,
  connectionsPerPeer: 'one',
  firstCallId: 0x4001,
  connectSpeed: 10_000_000,
  dialTime: 0,
  dialOutcome: 'answered',
  window: 16,
  processingDelay: 0,
  acknowledgmentDelay: 100,
  linkInfo: 'once-agreed',
  hangingUp: 'clear-then-stop',
  clearsOverdueCalls: false,
  clearsBeforeStop: false,
  queueLimit: 64,
  minimumTimeOut: 500,
  maximumTimeOut: 10_000,
  replyTimeOut: 60_000,
  keepAlive: 60_000,
  restartDelay: 1_000,
  linger: 10_000,
  seed: 1,
  ppp: ENCRYPTED_PPP,
}
