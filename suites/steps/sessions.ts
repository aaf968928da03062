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

/** Whole PPP sessions, and the frames in them. */

/** A PPP frame that came through the tunnel. */
export interface SeenFrame {
  readonly protocol: number
  readonly information: Uint8Array
  /** Trace entry that holds it. */
  readonly entry: number
}

/** A packet of LCP, or of a protocol with the same format, and its trace entry. */
export interface SeenPacket {
  readonly packet: Packet
  readonly entry: number
}

/** The frames in the tunnel of a session. */
export interface Wire {
  /** The tunnel that the session uses. */
  readonly tunnel: TunnelEnd
  /** Frames that came so far, oldest first. */
  frames(): readonly SeenFrame[]
  /** Packets of one protocol that came so far. */
  packets(protocol: number): readonly SeenPacket[]
  /** Encrypted packets that came so far. */
  encrypted(): readonly { readonly packet: MppePacket; readonly entry: number }[]
  /** Waits for a frame that comes from now on; returns undefined when none came in `window` ms. */
  next(matches: (frame: SeenFrame) => boolean, window: number): Promise<SeenFrame | undefined>
  /** Sends a frame of which the session does not know. */
  send(protocol: number, packet: Packet | Uint8Array): void
  /** Drops the next frame of that protocol that we send, with the GRE packet around it. */
  loseOurs(protocol: number): void
  /** Drops the next frame of that protocol that comes. */
  loseTheirs(protocol: number): void
}

/**
 * Records the frames in a tunnel, and can add or drop some. Use the `tunnel` that it returns
 * instead of the one passed.
 */
export function createWire({ clock }: Pick<Tester<string>, 'clock'>, tunnel: TunnelEnd): Wire {
  const seen: SeenFrame[] = []
  const watchers = new Set<(frame: SeenFrame) => void>()
  const losing = { ours: new Set<number>(), theirs: new Set<number>() }

  /** Whether a frame with that protocol is to be dropped; only the first is. */
  function loses(which: 'ours' | 'theirs', payload: Uint8Array): boolean {
    const protocol = decodeFrame(payload)?.protocol
    return protocol !== undefined && losing[which].delete(protocol)
  }

  return {
    tunnel: {
      ...tunnel,
      send(payload, values, carriage) {
        if (!loses('ours', payload)) return tunnel.send(payload, values, carriage)
        // Dropped before it gets a Sequence Number: how the IUT takes a gap is not the subject
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

/** A call with a session in it, which may or may not open. */
export interface PlacedSession<R extends string> {
  readonly control: Control<R>
  readonly wire: Wire
  readonly session: Session
}

/** The part of a tester that a session needs: of one for recipients, or for both roles. */
export type SessionTester<R extends string> = Pick<
  EitherTester<R>,
  'clock' | 'establish' | 'placeCall' | 'session'
> &
  Partial<Pick<EitherTester<R>, 'iut'>>

/**
 * Preamble: sets up a call and starts a PPP peer of ours in it: a client where we placed the call,
 * a server where the IUT requested it. The server asks the IUT to authenticate by MS-CHAPv2, unless
 * `options` say otherwise. @throws Inconclusive.
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

/** Packets of one protocol and code, and their name. */
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

/** How far a session got, as evidence. */
export function outcomeOf(outcome: SessionOutcome): Evidence<SessionOutcome> {
  return evidence(outcome, describeOutcome(outcome), outcome.entry)
}

/** The same evidence; if nothing came, followed by how far the session got. */
export function orOutcome<T>(one: Evidence<T | undefined>, outcome: SessionOutcome): Evidence<T | undefined> {
  const told = one.value === undefined ? adding(one, `: ${describeOutcome(outcome)}`) : one
  return shownBy(told, outcome.entry)
}

/**
 * Frames of network control protocols, as evidence. An end may send them only once the other has
 * authenticated.
 */
export function networkControlIn(frames: readonly SeenFrame[]): Evidence<readonly SeenFrame[]> {
  const early = frames.filter(isNetworkControl)
  const seen = early.length === 0 ? 'no network-layer protocol' : `protocol ${describeProtocols(early)}`
  return evidence(early, seen, early[0]?.entry)
}

/** Expects an empty list. */
export function none(expected: string): Expectation<readonly unknown[]> {
  return is(expected, (all) => all.length === 0)
}

/** Encryption of one strength and mode, and no other. */
export function onlyMode(strength: 40 | 56 | 128, stateless: boolean): EncryptionPolicy {
  return { strengths: [strength], stateless: stateless ? 'required' : 'refused', required: true }
}

/**
 * ms within which a session that has just been placed shows progress: `timers.tunnel` for its first
 * packet, which may not come before the peer is asked, and as long again for what follows.
 */
export function gettingSomewhere({ tunnel }: TimerProfile): number {
  return 2 * tunnel
}

/**
 * ms that a PPP peer waits after it has acknowledged a Terminate-Request, until its link is down
 * (RFC 1661 section 4.6).
 */
export const RESTART_TIMER = 3000

/** An account with the same name and a wrong secret. */
export function wrong<A extends { readonly name: string; readonly secret: string }>(account: A) {
  return { name: account.name, secret: `not ${account.secret}` }
}

/** Every authentication method. */
export const METHODS = ['pap', 'chap-md5', 'ms-chap-v1', 'ms-chap-v2'] as const

/** The claims that each method needs. */
export const METHODS_NEED = {
  pap: ['pap'],
  'chap-md5': ['chap-md5'],
  'ms-chap-v1': ['ms-chap-v1'],
  'ms-chap-v2': ['ms-chap-v2'],
} as const

/** The packets by which one end authenticates, and the other accepts or refuses that. */
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
 * Whether a frame belongs to a network control protocol. An end may send those only once the other
 * has authenticated.
 */
export function isNetworkControl({ protocol }: Pick<SeenFrame, 'protocol'>): boolean {
  return protocol >= 0x8000 && protocol < 0xc000
}

/**
 * Makes our peer keep the link open after a refusal: the scenario watches whether the other end
 * terminates it.
 */
export function stayOn({ event, actions }: PppStep): readonly PppAction[] {
  if (event.kind !== 'packet') return actions
  return actions.filter(
    (action) => action.kind !== 'notice' || action.notice.kind !== 'authentication-failed',
  )
}

/** The protocols of frames in words, each once. */
export function describeProtocols(frames: readonly SeenFrame[]): string {
  const protocols = [...new Set(frames.map(({ protocol }) => protocol))]
  return protocols.map((protocol) => `0x${protocol.toString(16).padStart(4, '0')}`).join(', ')
}

/** Identifier of pings of which the session does not know. No ping of a session has it. */
const PING_IDENTIFIER = 0xfefe

/**
 * An IP packet with an ICMP Echo-Request from our address to the other end's.
 * @throws Inconclusive where the addresses are not known.
 */
export function pingBetween({
  address,
  peersAddress,
}: Pick<PppNetwork, 'address' | 'peersAddress'>): Uint8Array {
  if (address === undefined || peersAddress === undefined)
    throw new Inconclusive('the addresses of the PPP link are not known')
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
 * Options for pings that are repeated: IP may lose packets, and pppd, for one, brings its interface
 * up a little after it has acknowledged our address.
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

/** Sends pings through a session that opened; if it did not open, returns how far it got. */
export async function pingsThrough(
  session: Session,
  outcome: SessionOutcome,
  options: PingOptions,
): Promise<Evidence<PingResult | undefined>> {
  if (outcome.kind !== 'opened') return evidence(undefined, describeOutcome(outcome), outcome.entry)
  return shownBy(pingsOf(await session.ping(options)), outcome.entry)
}

/** How many pings were answered, and how many answers had other data. */
export type PingCounts = Pick<PingResult, 'requests' | 'answered' | 'spoilt' | 'sent' | 'entry'>

/** Counts of pings, of answers with other data, and of packets sent, as evidence. */
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
 * Preamble: waits until the network behind PPP answers a ping. Only then does a later loss mean
 * anything.
 * @throws Inconclusive when no ping is answered.
 */
export async function reachNetwork(session: Session): Promise<SessionOpened> {
  const opened = await session.open()
  if ((await session.ping(PATIENT)).answered === 0) throw new Inconclusive('no ping was answered')
  // Pings that were repeated are answered, too; all of that comes before this.
  await session.echo()
  return opened
}

/** How many pings make up a bulk. */
const BULK = 64
/**
 * Octets of data in each: with the headers of ICMP, IP, PPP, MPPE, GRE and IP they fit a packet of
 * 1500 octets.
 */
const BULK_SIZE = 1372
/** Octets of the headers of IP and ICMP. */
const PING_HEADERS = 28
/** Octets of the MPPE header and of the Protocol that MPPE encrypts (RFC 3078 section 3). */
const MPPE_HEADERS = 4

/** Octets of data in a ping that fits the peer's MRU, at most `most`. */
export function pingSize({ peersMru, encryption }: SessionOpened, most: number): number {
  return Math.min(most, peersMru - PING_HEADERS - (encryption === undefined ? 0 : MPPE_HEADERS))
}

/**
 * Sends 64 large pings, eight of them under way at once, and decides that each is answered with its
 * own data. @throws Inconclusive when there is no network.
 */
export async function exchangeBulk(
  t: Pick<SharedTester<'4/carries-ppp' | '1.1/ordinary-ppp'>, 'check'>,
  session: Session,
): Promise<void> {
  const size = pingSize(await reachNetwork(session), BULK_SIZE)
  // IP may lose packets, so a ping is sent again up to twice.
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
 * Decides that an end that did not authenticate gets no network, and that its link is terminated.
 * In the findings, `who` names that end, and `after` says what came before.
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
