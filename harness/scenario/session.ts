import type { Clock, Timer } from '../network/network.ts'
import { type Account, AUTHENTICATION_METHODS, type AuthenticationMethod } from '../ppp/authentication.ts'
import {
  type Datagram,
  decodeDatagram,
  encodeIcmpEcho,
  encodeUdp,
  type IcmpMessage,
  IcmpType,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_UDP,
  icmpEchoOf,
  icmpOf,
  type UdpDatagram,
  udpOf,
} from '../ppp/datagram.ts'
import type { EncryptionPolicy } from '../ppp/encryption.ts'
import { decodeFrame, PppProtocolNumber } from '../ppp/frame.ts'
import type { LinkAction } from '../ppp/link.ts'
import { decodePacket, PacketCode } from '../ppp/packet.ts'
import {
  createPppPeer,
  type PppFailure,
  type PppNetwork,
  type PppPeerOptions,
  type PppPhase,
} from '../ppp/peer.ts'
import type { PppAccounts } from '../ppp/profile.ts'
import { seededOctets } from '../ppp/random.ts'
import { printable, sameOctets } from '../protocol/octets.ts'
import { createCarrier } from './carrier.ts'
import { Inconclusive } from './judge.ts'
import { createMailbox } from './mailbox.ts'
import type { TunnelEnd } from './tunnel.ts'

type Methods = readonly [AuthenticationMethod, ...AuthenticationMethod[]]

/** How our PPP peer behaves. What is absent suits most peers. */
export interface SessionOptions {
  /**
   * `client`: proves who it is and asks for an address, as whoever placed a call does. `server`:
   * asks for proof and hands out addresses.
   */
  readonly role?: 'client' | 'server'
  /** By which we prove who we are; the IUT's `accounts` unless given. */
  readonly account?: Account
  /**
   * Methods by which we are ready to prove it, the first preferred; all unless given. `none`: we
   * refuse to.
   */
  readonly proves?: Methods | 'none'
  /**
   * Methods by which the IUT is to prove who it is, the first asked for. A server asks for
   * MS-CHAPv2 unless given, a client for nothing.
   */
  readonly demands?: Methods | 'none'
  /**
   * MPPE; any strength, stateless if possible, and none where the IUT wants none, unless given.
   * `none`: we do not speak CCP.
   */
  readonly encryption?: EncryptionPolicy | 'none'
  /** Octets of information that we take; 1500 unless given. */
  readonly mru?: number
  /** A server's own address, and the one that it hands out. */
  readonly addresses?: { readonly own: string; readonly peers: string }
  /** A client asks for name servers as well. */
  readonly dns?: boolean
  /** False: the IUT's pings are not answered. */
  readonly answersPing?: boolean
  /**
   * Sends nothing before the IUT's first packet, unless that takes longer than `timers.tunnel`:
   * some servers read GRE only after their PPP daemon has written once, but a PPP peer may also
   * keep silent until it is spoken to. True for a client unless given.
   */
  readonly waits?: boolean
  /** Changes any of the peer's options, whatever the above made of them. */
  readonly peer?: Partial<PppPeerOptions>
}

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

export interface PingOptions {
  /** Requests to be answered; 1 unless given. */
  readonly count?: number
  /** Octets of data in each; 56 unless given. */
  readonly size?: number
  /** Requests that may await their answer at once; 4 unless given. */
  readonly window?: number
  /**
   * ms that each may take; 2000 unless given. A lost one holds up one place in the window, not the
   * others.
   */
  readonly timeout?: number
  /** How often one that was not answered is sent again; 0 unless given. */
  readonly retries?: number
  /** Whom to ping; the IUT's end of the link unless given. */
  readonly destination?: string
}

export interface PingResult {
  /** Different requests, and all packets that carried them. */
  readonly requests: number
  readonly sent: number
  /** Different requests that were answered with their own data. */
  readonly answered: number
  /** Sequence numbers of those that were not. */
  readonly lost: readonly number[]
  /** Answers to requests already answered. */
  readonly duplicates: number
  /** Answers with other data than was sent. */
  readonly spoilt: number
  /** The latest answer. */
  readonly entry: number | undefined
}

/** An IPv4 packet that came through the session, pings and their answers apart. */
export interface ReceivedDatagram {
  readonly datagram: Datagram
  readonly udp: UdpDatagram | undefined
  readonly icmp: IcmpMessage | undefined
  readonly entry: number
}

/** How a session ended: what we know of the reason. */
export interface SessionEnd {
  readonly failure: PppFailure | undefined
  readonly entry: number | undefined
}

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

export interface SessionContext {
  readonly clock: Clock
  readonly tunnel: TunnelEnd
  /** ms that the IUT's first packet may take. */
  readonly patience: number
  /** @throws Inconclusive where none is known. */
  readonly accounts: () => PppAccounts
  /** What is random in it derives from this, and ICMP identifiers are it. */
  readonly seed: number
}

const OPENING = 20_000
const REACHING = 5_000
/** ms between pings that are to find out whether the IUT's interface is up. */
const INTERVAL = 200
const ECHO = 5_000
/** More than twice the restart timer (RFC 1661 section 4.6). */
const TERMINATING = 10_000
const SERVER_ADDRESSES = { own: '198.18.0.1', peers: '198.18.1.1' }
const ENCRYPTION: EncryptionPolicy = { strengths: [128, 56, 40], stateless: 'preferred', required: false }
/** Datagrams that wait to be asked for; more are dropped. */
const DATAGRAMS = 4096

export function createSession(context: SessionContext, options: SessionOptions = {}): OwnedSession {
  const { clock, tunnel } = context
  const peer = createPppPeer(peerOptions(context, options))
  const waits = options.waits ?? options.role !== 'server'
  const timers = new Map<string, Timer>()
  const watchers = new Set<() => void>()
  const datagrams = createMailbox<ReceivedDatagram>(clock)
  const echoReplies = new Map<number, number>()
  const pings = createPings(context.seed & 0xffff)
  let begun = false
  let heard = false
  let impatience: Timer | undefined
  let waiting = 0
  /** The entry in hand. */
  let entry: number | undefined
  let settledBy: number | undefined
  let end: SessionEnd | undefined
  let terminateAcknowledged = false

  const carrier = createCarrier({ tunnel, clock, deliver: receive })

  function receive(frame: Uint8Array, at: number): void {
    entry = at
    heard = true
    begin()
    const read = decodeFrame(frame)
    if (read?.protocol === PppProtocolNumber.lcp)
      terminateAcknowledged ||= decodePacket(read.information)?.code === PacketCode.terminateAck
    act(peer.receive(frame))
  }

  function begin(): void {
    if (begun) return
    begun = true
    impatience?.cancel()
    act(peer.open())
  }

  function act(actions: readonly LinkAction[]): void {
    for (const action of actions) perform(action)
    if (settledBy === undefined && (peer.network() !== undefined || peer.failure() !== undefined))
      settledBy = entry
    for (const look of [...watchers]) look()
  }

  function perform(action: LinkAction): void {
    switch (action.kind) {
      case 'send':
        carrier.send(action.frame)
        break
      case 'set-timer': {
        const { timer } = action
        timers.get(timer)?.cancel()
        timers.set(
          timer,
          clock.after(action.ms, () => {
            timers.delete(timer)
            act(peer.timer(timer))
          }),
        )
        break
      }
      case 'cancel-timer':
        timers.get(action.timer)?.cancel()
        timers.delete(action.timer)
        break
      case 'datagram':
        sort(action.octets)
        break
      case 'notice':
        if (action.notice.kind === 'echo-reply' && entry !== undefined)
          echoReplies.set(action.notice.identifier, entry)
        break
      case 'finished':
        end ??= { failure: peer.failure(), entry }
        break
      default:
    }
  }

  function sort(octets: Uint8Array): void {
    const datagram = decodeDatagram(octets)
    if (datagram === undefined || entry === undefined || pings.take(datagram, entry)) return
    if (icmpEchoOf(datagram)?.type === IcmpType.echoRequest && options.answersPing !== false) return
    if (waiting++ >= DATAGRAMS) return
    datagrams.put({ datagram, udp: udpOf(datagram), icmp: icmpOf(datagram), entry })
  }

  /** Waits until `probe` gives something, `window` ms at most. */
  function until<T>(probe: () => T | undefined, window: number): Promise<T | undefined> {
    return new Promise((resolve) => {
      const timer = clock.after(window, () => settle(undefined))
      function settle(value: T | undefined): void {
        timer.cancel()
        watchers.delete(look)
        resolve(value)
      }
      function look(): void {
        const value = probe()
        if (value !== undefined) settle(value)
      }
      watchers.add(look)
      look()
    })
  }

  function outcome(): SessionOutcome | undefined {
    const network = peer.network()
    if (network !== undefined) return { kind: 'opened', ...network, entry: settledBy }
    const failure = peer.failure()
    return failure === undefined ? undefined : { entry: settledBy, ...failure }
  }

  function peersAddress(): string {
    const address = peer.network()?.peersAddress
    if (address === undefined) throw new Inconclusive('the PPP peer is at no address known')
    return address
  }

  const session: Session = {
    async opened(window = OPENING) {
      const settled = await until(outcome, window)
      return settled ?? { kind: 'timeout', phase: heard ? peer.phase() : 'dead', waited: window, entry }
    },
    async open(window) {
      const opened = await session.opened(window)
      if (opened.kind !== 'opened') throw new Inconclusive(`no PPP session: ${describeOutcome(opened)}`)
      return opened
    },
    async reaches(window = REACHING) {
      const deadline = clock.now() + window
      for (let left = window; left > 0; left = deadline - clock.now()) {
        const { answered } = await session.ping({ timeout: Math.min(left, INTERVAL) })
        if (answered > 0) return true
      }
      return false
    },
    async ping(ping = {}) {
      const { count = 1, size = 56, window = 4, timeout = 2_000, retries = 0 } = ping
      const destination = ping.destination ?? peersAddress()
      const run = pings.begin({ count, size, retries, window, timeout })
      for (;;) {
        for (const payload of run.due(clock.now()))
          act(peer.sendTo({ destination, protocol: IP_PROTOCOL_ICMP, payload }))
        const next = run.nextDeadline()
        if (next === undefined) return run.result()
        const before = run.settled()
        await until(() => (run.settled() > before ? true : undefined), Math.max(0, next - clock.now()))
      }
    },
    sendDatagram({ source, destination = peersAddress(), ...udp }) {
      const from = source ?? peer.network()?.address ?? '0.0.0.0'
      const payload = encodeUdp({ source: from, destination }, udp)
      act(peer.sendTo({ source: from, destination, protocol: IP_PROTOCOL_UDP, payload }))
    },
    sendPacket: (octets) => act(peer.sendDatagram(octets)),
    async nextDatagram(window) {
      const next = await datagrams.take(window)
      if (next !== undefined) waiting--
      return next
    },
    async echo(window = ECHO) {
      const echo = peer.echo(Uint8Array.of(0x70, 0x70, 0x74, 0x70))
      if (echo === undefined) return undefined
      echoReplies.delete(echo.identifier)
      act(echo.actions)
      const at = await until(() => echoReplies.get(echo.identifier), window)
      return at === undefined ? undefined : { entry: at }
    },
    async terminate(window = TERMINATING) {
      begin()
      terminateAcknowledged = false
      act(peer.close())
      await until(() => end, window)
      return terminateAcknowledged
    },
    ended: (window) => until(() => end, window),
    network: peer.network,
    counts: () => ({ discarded: carrier.discarded(), unacknowledged: carrier.unacknowledged() }),
  }

  carrier.open()
  if (waits) impatience = clock.after(context.patience, begin)
  else begin()
  return {
    session,
    close() {
      impatience?.cancel()
      for (const timer of timers.values()) timer.cancel()
      timers.clear()
      carrier.close()
    },
  }
}

function peerOptions({ accounts, seed }: SessionContext, options: SessionOptions): PppPeerOptions {
  const server = options.role === 'server'
  const demands = options.demands ?? (server ? ['ms-chap-v2'] : 'none')
  const proves = options.proves ?? (server ? 'none' : AUTHENTICATION_METHODS)
  const [preferred, ...others] = proves === 'none' ? [] : proves
  const { own, peers } = options.addresses ?? SERVER_ADDRESSES
  return {
    random: seededOctets(seed),
    mru: options.mru,
    prove: preferred && { account: options.account ?? accounts(), methods: [preferred, ...others] },
    authenticate:
      demands === 'none' ? undefined : { methods: demands, name: 'tester', secretOf: secretOf(accounts()) },
    encryption: options.encryption === 'none' ? undefined : (options.encryption ?? ENCRYPTION),
    network: server
      ? { role: 'server', address: own, peersAddress: peers }
      : { role: 'client', dns: options.dns },
    answersPing: options.answersPing,
    ...options.peer,
  }
}

/**
 * Who calls may prove itself by either account: the one by which we are let in elsewhere, and its
 * own.
 */
function secretOf({ name, secret, own }: PppAccounts): (claimed: string) => string | undefined {
  return (claimed) => (claimed === own?.name ? own.secret : claimed === name ? secret : undefined)
}

/** Pings of one session, told apart by identifier. */
function createPings(firstIdentifier: number) {
  const runs = new Map<number, PingRun>()
  let identifier = firstIdentifier
  return {
    begin(options: Required<Omit<PingOptions, 'destination'>>): PingRun {
      identifier = (identifier + 1) & 0xffff
      const run = createPingRun(identifier, options)
      runs.set(identifier, run)
      return run
    },
    /** Whether a datagram is the answer to one of them. */
    take(datagram: Datagram, entry: number): boolean {
      const echo = icmpEchoOf(datagram)
      const run = echo?.type === IcmpType.echoReply ? runs.get(echo.identifier) : undefined
      if (echo !== undefined) run?.take(echo.sequence, echo.data, entry)
      return run !== undefined
    },
  }
}

interface PingRun {
  take(sequence: number, data: Uint8Array, entry: number): void
  /** Requests to send now. */
  due(now: number): readonly Uint8Array[]
  /** When one of those under way is given up or sent again; undefined when none is. */
  nextDeadline(): number | undefined
  /** How many are answered or given up: grows. */
  settled(): number
  result(): PingResult
}

function createPingRun(
  identifier: number,
  { count, size, window, timeout, retries }: Required<Omit<PingOptions, 'destination'>>,
): PingRun {
  const underWay = new Map<number, { readonly deadline: number; readonly tries: number }>()
  const answered = new Set<number>()
  let next = 0
  let sent = 0
  let givenUp = 0
  let duplicates = 0
  let spoilt = 0
  let entry: number | undefined

  // Made once; each request's data is the same pattern, begun elsewhere.
  const pattern = new Uint8Array(size + 256)
  for (let at = 0; at < pattern.length; at++) pattern[at] = at
  const dataOf = (sequence: number) => pattern.subarray(sequence & 0xff, (sequence & 0xff) + size)

  function request(sequence: number, now: number, tries: number): Uint8Array {
    sent++
    underWay.set(sequence, { deadline: now + timeout, tries })
    return encodeIcmpEcho({ type: IcmpType.echoRequest, identifier, sequence, data: dataOf(sequence) })
  }

  return {
    take(sequence, data, at) {
      if (!sameOctets(data, dataOf(sequence))) {
        spoilt++
        return
      }
      if (answered.has(sequence)) duplicates++
      answered.add(sequence)
      underWay.delete(sequence)
      entry = at
    },
    due(now) {
      const requests: Uint8Array[] = []
      for (const [sequence, { deadline, tries }] of underWay) {
        if (deadline > now) continue
        if (tries <= retries) requests.push(request(sequence, now, tries + 1))
        else {
          underWay.delete(sequence)
          givenUp++
        }
      }
      while (next < count && underWay.size < window) requests.push(request(next++, now, 1))
      return requests
    },
    nextDeadline() {
      if (underWay.size === 0) return undefined
      return Math.min(...[...underWay.values()].map(({ deadline }) => deadline))
    },
    settled: () => answered.size + givenUp,
    result: () => ({
      requests: count,
      sent,
      answered: answered.size,
      lost: Array.from({ length: count }, (_, sequence) => sequence).filter((one) => !answered.has(one)),
      duplicates,
      spoilt,
      entry,
    }),
  }
}

/** An outcome in words, safe to print. */
export function describeOutcome(outcome: SessionOutcome | PppFailure): string {
  switch (outcome.kind) {
    case 'opened':
      return `open: ${outcome.address ?? 'no address'} to ${outcome.peersAddress ?? 'no address'}, ${describeEncryption(outcome)}`
    case 'authentication-failed':
      return `${outcome.side === 'us' ? 'it did not take our proof' : 'it failed to prove who it is'}: ${printable(outcome.message) || 'without a word'}`
    case 'authentication-refused':
      return 'it would not prove who it is'
    case 'encryption-not-agreed':
      return `no encryption: ${outcome.why}`
    case 'addresses-not-agreed':
      return `no addresses: ${outcome.why}`
    case 'terminated-by-peer':
      return `it sent LCP Terminate-Request${outcome.message === '' ? '' : ` (${printable(outcome.message)})`}`
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
