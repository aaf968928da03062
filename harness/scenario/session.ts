import { encodeUdp, IP_PROTOCOL_ICMP, IP_PROTOCOL_UDP, type UdpDatagram } from '../ppp/datagram.ts'
import type { PppFailure, PppNetwork, PppPhase } from '../ppp/peer.ts'
import { printable } from '../protocol/octets.ts'
import { Inconclusive } from './judge.ts'
import {
  begin,
  type PppLinkEnd,
  perform,
  type ReceivedDatagram,
  type SessionContext,
  type SessionEnd,
  startLinkEnd,
  stopLinkEnd,
  until,
} from './session/link-end.ts'
import type { SessionOptions } from './session/options.ts'
import type { PingOptions, PingResult } from './session/ping.ts'

export type { ReceivedDatagram, SessionContext, SessionEnd } from './session/link-end.ts'
export type { SessionOptions } from './session/options.ts'
export type { PingOptions, PingResult } from './session/ping.ts'

/**
 * How far a session got. It has text from the IUT; `describeOutcome` makes that safe to print.
 */
export type SessionOutcome = (
  | ({ readonly kind: 'opened' } & PppNetwork)
  | PppFailure
  /** It was still in `phase` after `waited` ms; the phase is `dead` if the IUT sent nothing. */
  | { readonly kind: 'timeout'; readonly phase: PppPhase; readonly waited: number }
) & {
  /** The trace entry that led to this outcome. */
  readonly entry: number | undefined
}
export type SessionOpened = SessionOutcome & { readonly kind: 'opened' }

/**
 * The tester's PPP peer in the tunnel of one call. It acknowledges packets, keeps to the IUT's
 * window, and drops packets that come late or twice.
 */
export interface Session {
  /**
   * Waits until IP is open or has failed, at most `window` ms (20 000 unless given). Returns the
   * outcome.
   */
  opened(window?: number): Promise<SessionOutcome>
  /** Preamble: like `opened`. @throws Inconclusive unless IP opens. */
  open(window?: number): Promise<SessionOpened>
  /**
   * Pings the IUT until it answers, at most `window` ms (5000 unless given); returns whether it
   * did. Linux, for one, drops packets between its last Configure-Ack and its interface being up.
   */
  reaches(window?: number): Promise<boolean>
  /**
   * Sends ICMP Echo-Requests and collects the answers. @throws Inconclusive where IP is not open.
   */
  ping(options?: PingOptions): Promise<PingResult>
  /** Sends a UDP datagram, from our address to the IUT's unless told otherwise. */
  sendDatagram(datagram: UdpDatagram & { readonly source?: string; readonly destination?: string }): void
  /** Sends an IPv4 packet unchanged. */
  sendPacket(octets: Uint8Array): void
  /**
   * Returns the next IPv4 packet, leaving out answers to our pings, and the IUT's pings if they are
   * answered; undefined when no packet comes within `window` ms.
   */
  nextDatagram(window: number): Promise<ReceivedDatagram | undefined>
  /**
   * Sends an LCP Echo-Request. Returns the trace entry of the reply; undefined when no reply comes
   * within `window` ms (5000 unless given).
   */
  echo(window?: number): Promise<{ readonly entry: number } | undefined>
  /**
   * Ends the link by LCP Terminate-Request, sent twice if need be. Returns whether it was
   * acknowledged within `window` ms (10 000 unless given).
   */
  terminate(window?: number): Promise<boolean>
  /** Waits for the session to end, and returns how; undefined when it has not after `window` ms. */
  ended(window: number): Promise<SessionEnd | undefined>
  /** Returns the addresses and encryption agreed on; undefined while IP is not open. */
  network(): PppNetwork | undefined
  /**
   * Returns how many received packets were dropped because they came late or twice, and how many of
   * our packets were not acknowledged in time.
   */
  counts(): { readonly discarded: number; readonly unacknowledged: number }
}

/** A session, and the function that closes it. */
export interface OwnedSession {
  readonly session: Session
  /** Stops the session's timers; it sends nothing more. */
  close(): void
}

/** Default windows in ms: for `opened` and `open`, and for `reaches`. */
const OPENING = 20_000
const REACHING = 5_000
/** ms between the pings of `reaches`. */
const INTERVAL = 200
/** Default window of `echo` in ms. */
const ECHO = 5_000
/** Default window of `terminate` in ms: over twice the restart timer (RFC 1661 section 4.6). */
const TERMINATING = 10_000

/**
 * Starts a PPP peer in a tunnel; `options` say when it begins to send.
 * @throws Inconclusive where it needs an account of the IUT and none is known.
 */
export function createSession(context: SessionContext, options: SessionOptions = {}): OwnedSession {
  const link = startLinkEnd(context, options)
  const { peer, carrier } = link
  /** Passes a failure on, unless the IUT has ended the call meanwhile: then it says nothing. */
  const inLiveCall = <T>(value: T, isFailure: boolean): T => {
    if (isFailure) context.tunnel.requireLive()
    return value
  }
  return {
    session: {
      async opened(window = OPENING) {
        const outcome = await openedWithin(link, window)
        return inLiveCall(outcome, outcome.kind === 'timeout')
      },
      async open(window = OPENING) {
        const opened = await openedWithin(link, window)
        inLiveCall(opened, opened.kind !== 'opened')
        if (opened.kind !== 'opened') throw new Inconclusive(`no PPP session: ${describeOutcome(opened)}`)
        return opened
      },
      async reaches(window = REACHING) {
        const isReached = await reaches(link, window)
        return inLiveCall(isReached, !isReached)
      },
      async ping(wanted = {}) {
        const result = await ping(link, wanted)
        return inLiveCall(result, result.answered < result.requests)
      },
      sendDatagram({ source, destination = peersAddress(link), ...udp }) {
        const from = source ?? peer.network()?.address ?? '0.0.0.0'
        const payload = encodeUdp({ source: from, destination }, udp)
        perform(link, peer.sendTo({ source: from, destination, protocol: IP_PROTOCOL_UDP, payload }))
      },
      sendPacket: (octets) => perform(link, peer.sendDatagram(octets)),
      async nextDatagram(window) {
        const next = await link.datagrams.take(window)
        if (next !== undefined) link.waiting--
        return next
      },
      async echo(window = ECHO) {
        const reply = await echo(link, window)
        return inLiveCall(reply, reply === undefined)
      },
      terminate: (window = TERMINATING) => terminate(link, window),
      ended: (window) => until(link, () => link.end, window),
      network: peer.network,
      counts: () => ({ discarded: carrier.discarded(), unacknowledged: carrier.unacknowledged() }),
    },
    close: () => stopLinkEnd(link),
  }
}

async function openedWithin(link: PppLinkEnd, window: number): Promise<SessionOutcome> {
  const settled = await until(link, () => outcomeOf(link), window)
  const { heard, peer, entry } = link
  return settled ?? { kind: 'timeout', phase: heard ? peer.phase() : 'dead', waited: window, entry }
}

function outcomeOf({ peer, settledBy: entry }: PppLinkEnd): SessionOutcome | undefined {
  const network = peer.network()
  if (network !== undefined) return { kind: 'opened', ...network, entry }
  const failure = peer.failure()
  return failure === undefined ? undefined : { entry, ...failure }
}

function peersAddress({ peer }: PppLinkEnd): string {
  const address = peer.network()?.peersAddress
  if (address === undefined) throw new Inconclusive('the address of the PPP peer is not known')
  return address
}

async function reaches(link: PppLinkEnd, window: number): Promise<boolean> {
  const { clock } = link
  const deadline = clock.now() + window
  for (let left = window; left > 0; left = deadline - clock.now()) {
    const { answered } = await ping(link, { timeout: Math.min(left, INTERVAL) })
    if (answered > 0) return true
  }
  return false
}

async function ping(link: PppLinkEnd, options: PingOptions): Promise<PingResult> {
  const { clock, peer, pings } = link
  const { count = 1, size = 56, window = 4, timeout = 2_000, retries = 0 } = options
  const destination = options.destination ?? peersAddress(link)
  const run = pings.begin({ count, size, retries, window, timeout })
  for (;;) {
    for (const payload of run.due(clock.now()))
      perform(link, peer.sendTo({ destination, protocol: IP_PROTOCOL_ICMP, payload }))
    const next = run.nextDeadline()
    if (next === undefined) return run.result()
    const before = run.settled()
    await until(link, () => (run.settled() > before ? true : undefined), Math.max(0, next - clock.now()))
  }
}

async function echo(link: PppLinkEnd, window: number): Promise<{ readonly entry: number } | undefined> {
  const { peer, echoReplies } = link
  const sent = peer.echo(Uint8Array.of(0x70, 0x70, 0x74, 0x70))
  if (sent === undefined) return undefined
  echoReplies.delete(sent.identifier)
  perform(link, sent.actions)
  const entry = await until(link, () => echoReplies.get(sent.identifier), window)
  return entry === undefined ? undefined : { entry }
}

async function terminate(link: PppLinkEnd, window: number): Promise<boolean> {
  begin(link)
  link.terminateAcknowledged = false
  perform(link, link.peer.close())
  await until(link, () => link.end, window)
  return link.terminateAcknowledged
}

/** Returns an outcome in words, safe to print. */
export function describeOutcome(outcome: SessionOutcome | PppFailure): string {
  switch (outcome.kind) {
    case 'opened':
      return `open: ${outcome.address ?? 'no address'} to ${outcome.peersAddress ?? 'no address'}, ${describeEncryption(outcome)}`
    case 'authentication-failed':
      return `${outcome.side === 'us' ? 'the implementation rejected our authentication' : 'the implementation failed to authenticate itself'}: ${printable(outcome.message) || 'no message'}`
    case 'authentication-refused':
      return 'the implementation refused to authenticate itself'
    case 'encryption-not-agreed':
      return `no encryption: ${outcome.why}`
    case 'addresses-not-agreed':
      return `no addresses: ${outcome.why}`
    case 'terminated-by-peer':
      return `the implementation sent LCP Terminate-Request${outcome.message === '' ? '' : ` (${printable(outcome.message)})`}`
    case 'closed':
      return 'the tester ended the session'
    case 'no-agreement':
      return 'the two ends did not agree on LCP options'
    case 'timeout':
      return `still in phase ${outcome.phase} after ${Math.round(outcome.waited)} ms`
  }
}

/** Returns the encryption of a link in words: `128-bit MPPE, stateless`. */
export function describeEncryption({ encryption }: Pick<PppNetwork, 'encryption'>): string {
  if (encryption === undefined) return 'no encryption'
  const words = [encryption.send, encryption.receive].map((mode) =>
    mode === undefined ? 'none' : `${mode.strength}-bit MPPE, ${mode.stateless ? 'stateless' : 'stateful'}`,
  )
  return words[0] === words[1] ? (words[0] ?? '') : `${words[0]} to the implementation, ${words[1]} from it`
}
