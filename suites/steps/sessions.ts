import { encodeDatagram, encodeIcmpEcho, IcmpType, IP_PROTOCOL_ICMP } from '../../harness/ppp/datagram.ts'
import type { EncryptionPolicy } from '../../harness/ppp/encryption.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from '../../harness/ppp/frame.ts'
import { decodeMppePacket, type MppePacket } from '../../harness/ppp/mppe.ts'
import { decodePacket, encodePacket, type Packet, PacketCode } from '../../harness/ppp/packet.ts'
import type { PppNetwork, PppStep } from '../../harness/ppp/peer.ts'
import type { PppAction } from '../../harness/ppp/protocol.ts'
import { grePacket } from '../../harness/protocol/gre.ts'
import type { Control } from '../../harness/scenario/control.ts'
import type { EitherTester, SharedTester } from '../../harness/scenario/either.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import type { TimerProfile } from '../../harness/scenario/profile.ts'
import {
  describeOutcome,
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

type Pace = Pick<Tester<string>, 'clock'>

/** Looks at, and meddles with, what passes through a tunnel. Use its `tunnel` from then on. */
export function createWire({ clock }: Pace, tunnel: TunnelEnd): Wire {
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
export interface Placed<R extends string> {
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
): Promise<Placed<R>> {
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

/** Every way of authentication, by name. */
export const METHODS = {
  pap: 'pap',
  'chap-md5': 'chap-md5',
  'ms-chap-v1': 'ms-chap-v1',
  'ms-chap-v2': 'ms-chap-v2',
} as const

/** What each of them needs. */
export const METHODS_NEED = {
  pap: ['pap'],
  'chap-md5': ['chap-md5'],
  'ms-chap-v1': ['ms-chap-v1'],
  'ms-chap-v2': ['ms-chap-v2'],
} as const

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

/**
 * A lot of large pings, many of them under way at once: all have to come back as they were. @throws
 * Inconclusive when there is no network.
 */
export async function exchangeBulk(
  t: Pick<SharedTester<'4/carries-ppp' | '1.1/ordinary-ppp'>, 'decide'>,
  session: Session,
): Promise<void> {
  await reachNetwork(session)
  // IP promises nothing, so one that was lost may be sent again.
  const { answered, spoilt, sent, entry } = await session.ping({
    count: BULK,
    size: BULK_SIZE,
    window: 8,
    timeout: 1_000,
    retries: 2,
  })
  t.decide(['4/carries-ppp', '1.1/ordinary-ppp'], {
    ok: answered === BULK && spoilt === 0,
    expected: `${BULK} of ${BULK} pings of ${BULK_SIZE} octets answered with their own data`,
    seen: `${answered} of them, ${spoilt} with other data, after ${sent} packets`,
    entry,
  })
}

/**
 * Whoever did not log in gets no network, and its link is terminated. `who` it is, and `after`
 * what, in words.
 */
export function decideShutOut(
  t: Pick<SharedTester<'rfc1661-3.5/authentication-first' | 'rfc1661-3.5/failure-terminates'>, 'decide'>,
  wire: Wire,
  outcome: SessionOutcome,
  { who, after }: { readonly who: string; readonly after: string },
): void {
  const early = wire.frames().filter(isNetworkControl)
  t.decide('rfc1661-3.5/authentication-first', {
    ok: outcome.kind !== 'opened' && early.length === 0,
    expected: `no network-layer protocol for ${who}`,
    seen: early.length === 0 ? describeOutcome(outcome) : `protocol ${describeProtocols(early)}`,
    entry: early[0]?.entry ?? outcome.entry,
  })
  const [terminated] = wire
    .packets(PppProtocolNumber.lcp)
    .filter(({ packet }) => packet.code === PacketCode.terminateRequest)
  t.decide('rfc1661-3.5/failure-terminates', {
    ok: terminated !== undefined,
    expected: `LCP Terminate-Request${after}`,
    seen: terminated === undefined ? describeOutcome(outcome) : 'it',
    entry: terminated?.entry ?? outcome.entry,
  })
}
