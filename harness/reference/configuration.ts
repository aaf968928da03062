import { ENCRYPTED_PPP } from './ppp-profiles.ts'
import type { PppSettings } from './ppp-settings.ts'

/**
 * What comes of dialling for an outgoing call, as PAC: the called party answers, or dialling fails
 * for one of the reasons of section 2.8.
 */
export type DialOutcome = 'answered' | 'no-carrier' | 'busy' | 'no-dial-tone' | 'time-out' | 'not-accepted'

/**
 * Everything that can be configured on a reference peer. Times are in ms unless stated otherwise.
 */
export interface Configuration {
  readonly hostName: string
  readonly vendorName: string
  readonly firmwareRevision: number
  /** Acts as PAC: accepts Outgoing-Call-Request; if false, refuses it with Result Code 7. */
  readonly outgoingCalls: boolean
  /**
   * Acts as PNS: accepts Incoming-Call-Request; if false, refuses it with Result Code 3
   * (interpretation A-64).
   */
  readonly incomingCalls: boolean
  /** The most calls at the same time, on all control connections; announced as Maximum Channels. */
  readonly channels: number
  /** The most TCP connections at the same time; a further one is reset. */
  readonly connections: number
  /**
   * How many control connections one address may have. With `one`, a second start request from it
   * is refused with Result Code 3 (interpretation A-35).
   */
  readonly connectionsPerPeer: 'one' | 'many'
  /**
   * The first Call ID that it assigns; the following ones count up. High by default, so that it
   * differs from those that a peer assigns.
   */
  readonly firstCallId: number
  /** Connect Speed in bit/s; raised or lowered into the range of the peer's request. */
  readonly connectSpeed: number
  /** Time from Outgoing-Call-Request to the end of dialling; 0 ends it at once. */
  readonly dialTime: number
  readonly dialOutcome: DialOutcome
  /** The Packet Recv. Window Size that it announces, in packets. */
  readonly window: number
  /** The Packet Processing Delay that it announces, in tenths of a second. */
  readonly processingDelay: number
  /** How long an acknowledgment waits for a data packet that can carry it. */
  readonly acknowledgmentDelay: number
  /**
   * When a PNS sends Set-Link-Info (section 2.15): when PPP has agreed on a map, or also as soon as
   * the call is connected.
   */
  readonly linkInfo: 'once-agreed' | 'once-connected'
  /**
   * How it hangs up. It clears the call and sends its stop request when the call is over; or sends
   * the stop request at once after clearing; or sends only the stop request, which also clears the
   * call (section 2.3).
   */
  readonly hangingUp: 'clear-then-stop' | 'clear-and-stop' | 'stop'
  /**
   * Whether a PNS clears a call with an overdue transition before it closes the connection because
   * of it (section 3.2.1).
   */
  readonly clearsOverdueCalls: boolean
  /**
   * Whether a PNS that is asked to stop sends Call-Clear-Request for each of its calls before its
   * reply (interpretation A-29).
   */
  readonly clearsBeforeStop: boolean
  /** How many packets may wait for the peer's window; more are dropped (section 4.2.4). */
  readonly queueLimit: number
  /** Bounds of the adaptive time-out for an acknowledgment (section 4.4.1). */
  readonly minimumTimeOut: number
  readonly maximumTimeOut: number
  /** How long it waits for a reply: section 3.1.4, case 1, and every other 60 s of section 3. */
  readonly replyTimeOut: number
  /** Silence before an Echo-Request, and then the wait for its reply: section 3.1.4, case 2. */
  readonly keepAlive: number
  /**
   * How long a peer that persists waits before it opens a connection again that it closed because
   * of an error.
   */
  readonly restartDelay: number
  /** After our FIN, how long the peer may keep its side open before the connection is reset. */
  readonly linger: number
  /** Determines every random number: Magic-Numbers and challenges. */
  readonly seed: number
  /** The PPP peer of each call. */
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
