import type { AuthenticationMethod } from '../../harness/ppp/authentication.ts'
import { ChapCode } from '../../harness/ppp/chap.ts'
import { encodeDatagram, encodeIcmpEcho, IcmpType, IP_PROTOCOL_ICMP } from '../../harness/ppp/datagram.ts'
import type { EncryptionPolicy } from '../../harness/ppp/encryption.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from '../../harness/ppp/frame.ts'
import { decodeMppePacket, type MppePacket } from '../../harness/ppp/mppe.ts'
import { decodePacket, encodePacket, type Packet, PacketCode } from '../../harness/ppp/packet.ts'
import { PapCode } from '../../harness/ppp/pap.ts'
import type { PppNetwork, PppStep } from '../../harness/ppp/peer.ts'
import type { PppAction } from '../../harness/ppp/protocol.ts'
import { grePacket } from '../../harness/protocol/gre.ts'
import type { Control } from '../../harness/scenario/control.ts'
import type { EitherTester, SharedTester } from '../../harness/scenario/either.ts'
import { adding, arrivalOf, type Evidence, evidence, shownBy } from '../../harness/scenario/evidence.ts'
import { type Expectation, is, present } from '../../harness/scenario/expectation.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import type { TimerProfile } from '../../harness/scenario/profile.ts'
import {
  describeOutcome,
  type PingOptions,
  type PingResult,
  type Session,
  type SessionOpened,
  type SessionOptions,
  type SessionOutcome,
} from '../../harness/scenario/session.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { TunnelEnd } from '../../harness/scenario/tunnel.ts'

/** Whole PPP sessions, and a look at the frames that make them up. */

/** A PPP frame that came through the tunnel. */
export interface SeenFrame {
  readonly protocol: number
  readonly information: Uint8Array
  /** Trace entry that holds it. */
  readonly entry: number
}

/** A packet of LCP or of a protocol modelled on it, and where it was. */
export interface SeenPacket {
  readonly packet: Packet
  readonly entry: number
}

/** What goes on in a tunnel beneath a session. */
export interface Wire {
  /** The tunnel to run the session on. */
  readonly tunnel: TunnelEnd
  /** Frames that came so far, in the order in which they came. */
  frames(): readonly SeenFrame[]
  /** Packets of one protocol that came so far. */
  packets(protocol: number): readonly SeenPacket[]
  /** Encrypted packets that came so far. */
  encrypted(): readonly { readonly packet: MppePacket; readonly entry: number }[]
  /** Waits for a frame that comes from now on; undefined when none did in `window` ms. */
  next(matches: (frame: SeenFrame) => boolean, window: number): Promise<SeenFrame | undefined>
  /** Sends a frame past the session. */
  send(protocol: number, packet: Packet | Uint8Array): void
  /** Loses the next frame of ours with that protocol on its way, GRE packet and all. */
  loseOurs(protocol: number): void
  /** The same for one of theirs. */
  loseTheirs(protocol: number): void
}

/** Looks at, and meddles with, what passes through a tunnel. Use its `tunnel` from then on. */
export function createWire({ clock }: Pick<Tester<string>, 'clock'>, tunnel: TunnelEnd): Wire {
  const seen: SeenFrame[] = []
  const watchers = new Set<(frame: SeenFrame) => void>()
  const losing = { ours: new Set<number>(), theirs: new Set<number>() }

  /** Whether a frame with that protocol is to be lost; only the first is. */
  function loses(which: 'ours' | 'theirs', payload: Uint8Array): boolean {
    const protocol = decodeFrame(payload)?.protocol
    return protocol !== undefined && losing[which].delete(protocol)
  }

  return {
    tunnel: {
      ...tunnel,
      send(payload, values, carriage) {
        if (!loses('ours', payload)) return tunnel.send(payload, values, carriage)
        // Lost before it got a number: what the tunnel does about gaps is not what is looked at
        // here.
        return grePacket({ callId: tunnel.peersCallId, payload, ...values })
      },
      listen(listener) {
        tunnel.listen((received) => {
          const frame = decodeFrame(received.packet.payload)
          if (frame !== undefined) {
            const one = { protocol: frame.protocol, information: frame.information, entry: received.entry }
            seen.push(one)
            for (const watch of [...watchers]) watch(one)
          }
          if (!loses('theirs', received.packet.payload)) listener(received)
        })
      },
    },
    frames: () => seen,
    packets: (protocol) =>
      seen.flatMap((frame) => {
        const packet = frame.protocol === protocol ? decodePacket(frame.information) : undefined
        return packet === undefined ? [] : [{ packet, entry: frame.entry }]
      }),
    encrypted: () =>
      seen.flatMap(({ protocol, information, entry }) => {
        const packet = protocol === PppProtocolNumber.compressed ? decodeMppePacket(information) : undefined
        return packet === undefined ? [] : [{ packet, entry }]
      }),
    next: (matches, window) =>
      new Promise((resolve) => {
        const timer = clock.after(window, () => settle(undefined))
        function settle(frame: SeenFrame | undefined): void {
          timer.cancel()
          watchers.delete(watch)
          resolve(frame)
        }
        function watch(frame: SeenFrame): void {
          if (matches(frame)) settle(frame)
        }
        watchers.add(watch)
      }),
    send(protocol, packet) {
      tunnel.send(encodeFrame(protocol, packet instanceof Uint8Array ? packet : encodePacket(packet)))
    },
    loseOurs: (protocol) => losing.ours.add(protocol),
    loseTheirs: (protocol) => losing.theirs.add(protocol),
  }
}

/** A call with a session in it that may or may not open. */
export interface PlacedSession<R extends string> {
  readonly control: Control<R>
  readonly wire: Wire
  readonly session: Session
}

/** What it takes to have a session: a tester for recipients, or for both. */
export type SessionTester<R extends string> = Pick<
  EitherTester<R>,
  'clock' | 'establish' | 'placeCall' | 'session'
> &
  Partial<Pick<EitherTester<R>, 'iut'>>

/**
 * Preamble: has a call and starts a PPP peer of ours in it: a client where we placed the call;
 * where the IUT asked for it a server, which has it prove itself by MS-CHAPv2 unless told
 * otherwise.
 */
export async function placeSession<R extends string>(
  t: SessionTester<R>,
  options: SessionOptions = {},
): Promise<PlacedSession<R>> {
  const control = await t.establish()
  const { tunnel } = await t.placeCall(control)
  const wire = createWire(t, tunnel)
  const ours: SessionOptions = t.iut === 'originator' ? { role: 'server', waits: true, ...options } : options
  return { control, wire, session: t.session(wire.tunnel, ours) }
}

/** Whether a frame holds a packet of that protocol and code. */
export function isPacket(protocol: number, code: number): (frame: SeenFrame) => boolean {
  return (frame) => frame.protocol === protocol && decodePacket(frame.information)?.code === code
}

/** Packets of one protocol and code, and how they are called. */
export interface PacketKind {
  readonly protocol: number
  readonly code: number
  readonly name: string
}

/** Packets of one kind that came so far. */
export function packetsOf(
  wire: Pick<Wire, 'packets'>,
  { protocol, code }: Omit<PacketKind, 'name'>,
): readonly SeenPacket[] {
  return wire.packets(protocol).filter(({ packet }) => packet.code === code)
}

/** The first packet of one kind that came so far. */
export function packetIn(wire: Pick<Wire, 'packets'>, kind: PacketKind): Evidence<SeenPacket | undefined> {
  return arrivalOf(packetsOf(wire, kind)[0], kind.name, `no ${kind.name}`)
}

/** Where a session got to. */
export function outcomeOf(outcome: SessionOutcome): Evidence<SessionOutcome> {
  return evidence(outcome, describeOutcome(outcome), outcome.entry)
}

/** The same evidence; where nothing came, with where the session got to instead. */
export function orOutcome<T>(one: Evidence<T | undefined>, outcome: SessionOutcome): Evidence<T | undefined> {
  const told = one.value === undefined ? adding(one, `: ${describeOutcome(outcome)}`) : one
  return shownBy(told, outcome.entry)
}

/** Frames of network control protocols, which an end may send only once the other has logged in. */
export function networkControlIn(frames: readonly SeenFrame[]): Evidence<readonly SeenFrame[]> {
  const early = frames.filter(isNetworkControl)
  const seen = early.length === 0 ? 'no network-layer protocol' : `protocol ${describeProtocols(early)}`
  return evidence(early, seen, early[0]?.entry)
}

/** None of what was looked for. */
export function none(expected: string): Expectation<readonly unknown[]> {
  return is(expected, (all) => all.length === 0)
}

/** Encryption of one strength and mode, and no other. */
export function onlyMode(strength: 40 | 56 | 128, stateless: boolean): EncryptionPolicy {
  return { strengths: [strength], stateless: stateless ? 'required' : 'refused', required: true }
}

/**
 * ms in which a session that has just been placed gets somewhere: its first packet may take
 * `timers.tunnel`, in vain where the peer waits to be spoken to, and what comes of it as long
 * again.
 */
export function gettingSomewhere({ tunnel }: TimerProfile): number {
  return 2 * tunnel
}

/**
 * Having acknowledged a Terminate-Request, a PPP peer waits this long before it is finished (RFC
 * 1661, section 4.6), in ms.
 */
export const RESTART_TIMER = 3000

/** A wrong secret, whatever the right one is. */
export function wrong<A extends { readonly name: string; readonly secret: string }>(account: A) {
  return { name: account.name, secret: `not ${account.secret}` }
}

/** Every way of authentication. */
export const METHODS = ['pap', 'chap-md5', 'ms-chap-v1', 'ms-chap-v2'] as const

/** What each of them needs. */
export const METHODS_NEED = {
  pap: ['pap'],
  'chap-md5': ['chap-md5'],
  'ms-chap-v1': ['ms-chap-v1'],
  'ms-chap-v2': ['ms-chap-v2'],
} as const

/** By which packets one end proves who it is, and the other accepts that or refuses it. */
export interface AuthenticationPackets {
  readonly proof: PacketKind
  readonly acceptance: PacketKind
  readonly refusal: PacketKind
}

const { pap, chap } = PppProtocolNumber

const PAP: AuthenticationPackets = {
  proof: { protocol: pap, code: PapCode.request, name: 'Authenticate-Request' },
  acceptance: { protocol: pap, code: PapCode.ack, name: 'Authenticate-Ack' },
  refusal: { protocol: pap, code: PapCode.nak, name: 'Authenticate-Nak' },
}

const CHAP: AuthenticationPackets = {
  proof: { protocol: chap, code: ChapCode.response, name: 'Response' },
  acceptance: { protocol: chap, code: ChapCode.success, name: 'Success' },
  refusal: { protocol: chap, code: ChapCode.failure, name: 'Failure' },
}

/** The packets of a method. */
export function authenticationBy(method: AuthenticationMethod): AuthenticationPackets {
  return method === 'pap' ? PAP : CHAP
}

/**
 * Protocols that an end may speak only once the other has logged in: the network control protocols.
 */
export function isNetworkControl({ protocol }: Pick<SeenFrame, 'protocol'>): boolean {
  return protocol >= 0x8000 && protocol < 0xc000
}

/**
 * Makes our peer take a refusal without ending the link over it: whether the other end does is what
 * is looked at.
 */
export function stayOn({ event, actions }: PppStep): readonly PppAction[] {
  if (event.kind !== 'packet') return actions
  return actions.filter(
    (action) => action.kind !== 'notice' || action.notice.kind !== 'authentication-failed',
  )
}

/** Network control protocols in words, for what was seen. */
export function describeProtocols(frames: readonly SeenFrame[]): string {
  const protocols = [...new Set(frames.map(({ protocol }) => protocol))]
  return protocols.map((protocol) => `0x${protocol.toString(16).padStart(4, '0')}`).join(', ')
}

/** Of pings that are sent past a session: no session's own has it. */
const PING_IDENTIFIER = 0xfefe

/**
 * An IP packet with an ICMP Echo-Request from our address to the other end's.
 * @throws Inconclusive where they are not known.
 */
export function pingBetween({
  address,
  peersAddress,
}: Pick<PppNetwork, 'address' | 'peersAddress'>): Uint8Array {
  if (address === undefined || peersAddress === undefined) throw new Inconclusive('no addresses are known')
  const payload = encodeIcmpEcho({
    type: IcmpType.echoRequest,
    identifier: PING_IDENTIFIER,
    sequence: 0,
    data: new Uint8Array(32),
  })
  return encodeDatagram(
    { source: address, destination: peersAddress, protocol: IP_PROTOCOL_ICMP, payload },
    1,
  )
}

/**
 * Pings that may be repeated: IP promises nothing, and pppd, for one, brings its interface up a
 * little after it has acknowledged our address.
 */
export const PATIENT = { timeout: 100, retries: 49 } as const

/** How many pings were answered, shown by the latest answer. */
export function pingsOf(ping: PingResult): Evidence<PingResult> {
  return evidence(ping, `${ping.answered} of ${ping.requests} pings answered`, ping.entry)
}

/** Every ping was answered. */
export function allAnswered(expected: string): Expectation<PingResult | undefined> {
  return is(expected, (ping) => ping !== undefined && ping.answered === ping.requests)
}

/** Pings through a session that opened; where it did not, where it got to. */
export async function pingsThrough(
  session: Session,
  outcome: SessionOutcome,
  options: PingOptions,
): Promise<Evidence<PingResult | undefined>> {
  if (outcome.kind !== 'opened') return evidence(undefined, describeOutcome(outcome), outcome.entry)
  return shownBy(pingsOf(await session.ping(options)), outcome.entry)
}

/** What became of a lot of pings and of their data. */
export type PingCounts = Pick<PingResult, 'requests' | 'answered' | 'spoilt' | 'sent' | 'entry'>

/** How many pings were answered, how many with other data, and how many packets that took. */
export function pingCounts(ping: PingCounts): Evidence<PingCounts> {
  const { requests, answered, spoilt, sent, entry } = ping
  const seen = `${answered} of ${requests} pings answered, ${spoilt} answers with other data, after ${sent} packets`
  return evidence(ping, seen, entry)
}

/** Every ping was answered, with its own data. */
export function allUnspoilt(expected: string): Expectation<PingCounts> {
  return is(expected, ({ requests, answered, spoilt }) => answered === requests && spoilt === 0)
}

/**
 * Preamble: waits until the network behind PPP is there, so that whatever gets lost afterwards says
 * something.
 * @throws Inconclusive when no ping is answered.
 */
export async function reachNetwork(session: Session): Promise<SessionOpened> {
  const opened = await session.open()
  if ((await session.ping(PATIENT)).answered === 0) throw new Inconclusive('no ping was answered')
  return opened
}

const BULK = 64
/**
 * With the headers of ICMP, IP, PPP, MPPE, GRE and IP around it, it still fits a packet of 1500
 * octets.
 */
const BULK_SIZE = 1372
/** Headers of IP and ICMP. */
const PING_HEADERS = 28
/** Header of MPPE, and the Protocol that it encrypts (RFC 3078 section 3). */
const MPPE_HEADERS = 4

/** Octets of data in a ping that the peer's MRU takes, `most` at most. */
export function pingSize({ peersMru, encryption }: SessionOpened, most: number): number {
  return Math.min(most, peersMru - PING_HEADERS - (encryption === undefined ? 0 : MPPE_HEADERS))
}

/**
 * A lot of large pings, many of them under way at once: all have to come back as they were. @throws
 * Inconclusive when there is no network.
 */
export async function exchangeBulk(
  t: Pick<SharedTester<'4/carries-ppp' | '1.1/ordinary-ppp'>, 'check'>,
  session: Session,
): Promise<void> {
  const size = pingSize(await reachNetwork(session), BULK_SIZE)
  // IP promises nothing, so one that was lost may be sent again.
  const options = { count: BULK, size, window: 8, timeout: 1_000, retries: 2 }
  const expected = `${BULK} of ${BULK} pings of ${size} octets answered with their own data`
  const pings = pingCounts(await session.ping(options))
  t.check(['4/carries-ppp', '1.1/ordinary-ppp'], pings, allUnspoilt(expected))
}

const TERMINATE_REQUEST: PacketKind = {
  protocol: PppProtocolNumber.lcp,
  code: PacketCode.terminateRequest,
  name: 'LCP Terminate-Request',
}

/**
 * Whoever did not log in gets no network, and its link is terminated. `who` it is, and `after`
 * what, in words.
 */
export function decideShutOut(
  t: Pick<SharedTester<'rfc1661-3.5/authentication-first' | 'rfc1661-3.5/failure-terminates'>, 'check'>,
  wire: Wire,
  outcome: SessionOutcome,
  { who, after }: { readonly who: string; readonly after: string },
): void {
  const early = networkControlIn(wire.frames())
  t.check(
    'rfc1661-3.5/authentication-first',
    early.value.length === 0 ? shownBy(adding(early, `: ${describeOutcome(outcome)}`), outcome.entry) : early,
    is(`no network-layer protocol for ${who}`, ({ length }) => outcome.kind !== 'opened' && length === 0),
  )
  t.check(
    'rfc1661-3.5/failure-terminates',
    orOutcome(packetIn(wire, TERMINATE_REQUEST), outcome),
    present(`${TERMINATE_REQUEST.name}${after}`),
  )
}
