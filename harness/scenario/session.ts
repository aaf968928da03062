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
 * Where a session got to. Text in it comes from the IUT: `describeOutcome` makes it safe to show.
 */
export type SessionOutcome = (
  | ({ readonly kind: 'opened' } & PppNetwork)
  | PppFailure
  /** It was still in that phase after so many ms; `dead` when the IUT sent nothing at all. */
  | { readonly kind: 'timeout'; readonly phase: PppPhase; readonly waited: number }
) & {
  /** The trace entry that settled it. */
  readonly entry: number | undefined
}
export type SessionOpened = SessionOutcome & { readonly kind: 'opened' }

/**
 * The tester's PPP peer at work in one call's tunnel: acknowledges, keeps to the IUT's window,
 * drops what comes late or twice.
 */
export interface Session {
  /**
   * Waits until datagrams may be sent, or it is clear that they never may; `window` ms at most, 20
   * s unless given.
   */
  opened(window?: number): Promise<SessionOutcome>
  /** Preamble: the same. @throws Inconclusive unless it opens. */
  open(window?: number): Promise<SessionOpened>
  /**
   * Pings the IUT until it answers, `window` ms at most, 5 s unless given; whether it did. Having
   * sent its last Configure-Ack an end may still be bringing its interface up, and drop what comes
   * meanwhile: Linux does.
   */
  reaches(window?: number): Promise<boolean>
  /**
   * Sends ICMP Echo-Requests and collects the answers. @throws Inconclusive where the network is
   * not up.
   */
  ping(options?: PingOptions): Promise<PingResult>
  /** Sends a UDP datagram, from our address to the IUT's unless told otherwise. */
  sendDatagram(datagram: UdpDatagram & { readonly source?: string; readonly destination?: string }): void
  /** Sends any IPv4 packet as it is. */
  sendPacket(octets: Uint8Array): void
  /**
   * The next IPv4 packet that is neither a ping of the IUT nor the answer to one of ours; undefined
   * when none came in `window` ms.
   */
  nextDatagram(window: number): Promise<ReceivedDatagram | undefined>
  /**
   * Sends an LCP Echo-Request. Gives the entry of its reply; undefined when none came in `window`
   * ms, 5 s unless given.
   */
  echo(window?: number): Promise<{ readonly entry: number } | undefined>
  /**
   * Ends the link by LCP Terminate-Request, sent twice if need be. Whether it was acknowledged
   * within `window` ms, 10 s unless given.
   */
  terminate(window?: number): Promise<boolean>
  /** How it ended; undefined when it has not after `window` ms. */
  ended(window: number): Promise<SessionEnd | undefined>
  /** What was agreed; undefined while datagrams may not be sent. */
  network(): PppNetwork | undefined
  /**
   * Packets of the tunnel that came late or twice and were dropped; packets of ours that were not
   * acknowledged in time.
   */
  counts(): { readonly discarded: number; readonly unacknowledged: number }
}

/** A session and the end of it. */
export interface OwnedSession {
  readonly session: Session
  /** Stops its timers, sends nothing more. */
  close(): void
}

const OPENING = 20_000
const REACHING = 5_000
/** ms between pings that are to find out whether the IUT's interface is up. */
const INTERVAL = 200
const ECHO = 5_000
/** More than twice the restart timer (RFC 1661 section 4.6). */
const TERMINATING = 10_000

/** A session whose PPP peer begins as `options` say. @throws Inconclusive without an account. */
export function createSession(context: SessionContext, options: SessionOptions = {}): OwnedSession {
  const link = startLinkEnd(context, options)
  const { peer, carrier } = link
  return {
    session: {
      opened: (window = OPENING) => openedWithin(link, window),
      async open(window = OPENING) {
        const opened = await openedWithin(link, window)
        if (opened.kind !== 'opened') throw new Inconclusive(`no PPP session: ${describeOutcome(opened)}`)
        return opened
      },
      reaches: (window = REACHING) => reaches(link, window),
      ping: (wanted = {}) => ping(link, wanted),
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
      echo: (window = ECHO) => echo(link, window),
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
  if (address === undefined) throw new Inconclusive('the PPP peer is at no address known')
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

/** An outcome in words, safe to print. */
export function describeOutcome(outcome: SessionOutcome | PppFailure): string {
  switch (outcome.kind) {
    case 'opened':
      return `open: ${outcome.address ?? 'no address'} to ${outcome.peersAddress ?? 'no address'}, ${describeEncryption(outcome)}`
    case 'authentication-failed':
      return `${outcome.side === 'us' ? 'the implementation did not take our proof' : 'the implementation failed to prove who it is'}: ${printable(outcome.message) || 'without a word'}`
    case 'authentication-refused':
      return 'the implementation would not prove who it is'
    case 'encryption-not-agreed':
      return `no encryption: ${outcome.why}`
    case 'addresses-not-agreed':
      return `no addresses: ${outcome.why}`
    case 'terminated-by-peer':
      return `the implementation sent LCP Terminate-Request${outcome.message === '' ? '' : ` (${printable(outcome.message)})`}`
    case 'closed':
      return 'we ended it'
    case 'no-agreement':
      return 'LCP found no agreement'
    case 'timeout':
      return `still in phase ${outcome.phase} after ${Math.round(outcome.waited)} ms`
  }
}

/** What encrypts a link, in words: `128-bit MPPE, stateless`. */
export function describeEncryption({ encryption }: Pick<PppNetwork, 'encryption'>): string {
  if (encryption === undefined) return 'no encryption'
  const words = [encryption.send, encryption.receive].map((mode) =>
    mode === undefined ? 'none' : `${mode.strength}-bit MPPE, ${mode.stateless ? 'stateless' : 'stateful'}`,
  )
  return words[0] === words[1] ? (words[0] ?? '') : `${words[0]} to it, ${words[1]} from it`
}
