import type { IpCarriage } from '../../harness/network/network.ts'
import { encodeMethod } from '../../harness/ppp/authentication.ts'
import { decodeFrame, encodeFrame, PppProtocolNumber } from '../../harness/ppp/frame.ts'
import { LcpOption } from '../../harness/ppp/lcp.ts'
import {
  decodeOptions,
  decodePacket,
  encodeOptions,
  encodePacket,
  type Option,
  type Packet,
  PacketCode,
} from '../../harness/ppp/packet.ts'
import { TUNNEL_MTU } from '../../harness/protocol/gre.ts'
import { sameOctets, toHex } from '../../harness/protocol/octets.ts'
import type { Control } from '../../harness/scenario/control.ts'
import type { EitherTester } from '../../harness/scenario/either.ts'
import { arrivalOf, type Evidence, evidence, factOf } from '../../harness/scenario/evidence.ts'
import { type Expectation, is } from '../../harness/scenario/expectation.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { ReceivedGre, TunnelEnd } from '../../harness/scenario/tunnel.ts'

/** LCP at arm's length: single packets into a call's tunnel, and what comes back. */

/** What the helpers need of a tester. */
/** A tester as steps that wait for packets need it: time, time-outs, and unused numbers. */
export type TimedTester = Pick<Tester<string>, 'clock' | 'timers' | 'unique'>

/** A frame with an LCP packet. */
export function lcpFrame(code: number, identifier: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeFrame(PppProtocolNumber.lcp, encodePacket({ code, identifier, data }))
}

/** The LCP packet that a GRE packet carries, if it carries one. */
export function lcpOf(received: ReceivedGre): Packet | undefined {
  const frame = decodeFrame(received.packet.payload)
  return frame?.protocol === PppProtocolNumber.lcp ? decodePacket(frame.information) : undefined
}

/** What a packet carries, of which LCP is expected: nothing else is open yet. */
export function lcpIn(received: ReceivedGre): Evidence<Packet | undefined> {
  const lcp = lcpOf(received)
  const octets = toHex(received.packet.payload.slice(0, SHOWN))
  const seen = lcp === undefined ? `octets that are no LCP packet: ${octets}` : `LCP code ${lcp.code}`
  return evidence(lcp, seen, received.entry)
}

/** Octets of a packet that is no LCP packet which are shown. */
const SHOWN = 16

/**
 * Identifier of the Configure-Request that wakes a silent peer: none of those whose answers are
 * counted by identifier has it.
 */
export const WAKING = 0xff

/**
 * The first data of a call's PPP peer. Some servers read GRE only after their PPP daemon has
 * written once, so nothing is sent at first; but a peer may also keep silent until it is spoken to,
 * so one that says nothing in `timers.tunnel` ms is asked for its options, and has as long again.
 */
export async function spokenTo(t: TimedTester, tunnel: TunnelEnd): Promise<ReceivedGre | undefined> {
  const first = await tunnel.nextData(t.timers.tunnel)
  if (first !== undefined) return first
  tunnel.send(lcpFrame(PacketCode.configureRequest, WAKING))
  return tunnel.nextData(t.timers.tunnel)
}

/** Preamble: the same. @throws Inconclusive when none comes. */
export async function firstData(t: TimedTester, tunnel: TunnelEnd): Promise<ReceivedGre> {
  const first = await spokenTo(t, tunnel)
  if (first === undefined)
    throw new Inconclusive(
      `no PPP packet came through the tunnel in ${t.timers.tunnel} ms, nor in as many after a Configure-Request`,
    )
  return first
}

/**
 * The next answer (Ack, Nak or Reject) to the Configure-Request with that identifier; undefined
 * when none comes in `window` ms.
 */
export async function configureAnswer(
  t: TimedTester,
  tunnel: TunnelEnd,
  identifier: number,
  window: number = t.timers.tunnel,
): Promise<ReceivedLcp | undefined> {
  return nextAnswer(t, tunnel, new Set([identifier]), window)
}

/** The same, to any of several. */
async function nextAnswer(
  t: TimedTester,
  tunnel: TunnelEnd,
  identifiers: ReadonlySet<number>,
  window: number,
): Promise<ReceivedLcp | undefined> {
  return nextLcp(t, tunnel, (packet) => isAnswer(packet) && identifiers.has(packet.identifier), window)
}

/** An LCP packet and the GRE packet that carried it. */
export interface ReceivedLcp {
  readonly packet: Packet
  readonly received: ReceivedGre
}

/**
 * The next LCP packet for which `matches` returns true; undefined when none comes in `window` ms.
 * All else that comes is passed over.
 */
export async function nextLcp(
  t: TimedTester,
  tunnel: TunnelEnd,
  matches: (packet: Packet) => boolean,
  window: number = t.timers.tunnel,
): Promise<ReceivedLcp | undefined> {
  const deadline = t.clock.now() + window
  for (;;) {
    const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) return undefined
    const packet = lcpOf(received)
    if (packet !== undefined && matches(packet)) return { packet, received }
  }
}

export function isAnswer(packet: Packet | undefined): packet is Packet {
  return (
    packet?.code === PacketCode.configureAck ||
    packet?.code === PacketCode.configureNak ||
    packet?.code === PacketCode.configureReject
  )
}

/** Whether the PPP peer behind a tunnel answers an LCP Configure-Request without options. */
export async function answersConfigure(t: TimedTester, tunnel: TunnelEnd, window?: number): Promise<boolean> {
  const identifier = t.unique() & 0xff
  tunnel.send(lcpFrame(PacketCode.configureRequest, identifier))
  return (await configureAnswer(t, tunnel, identifier, window)) !== undefined
}

/** The same as evidence. */
export async function lcpAnswers(
  t: TimedTester,
  tunnel: TunnelEnd,
  window?: number,
): Promise<Evidence<boolean>> {
  return factOf(
    await answersConfigure(t, tunnel, window),
    'LCP Configure-Request is answered',
    'LCP Configure-Request draws no answer',
  )
}

/** What is expected of a live call. */
export const STILL_CARRIES_PPP = is<unknown>('the live call still carries PPP', (answers) => answers === true)

/** What is sent into a tunnel that has just overflowed may get lost: so often it is asked. */
const TRIES = 3

/** Whether a call's PPP peer answers, and its control connection. */
export interface Answering {
  readonly ppp: boolean
  readonly connection: boolean
}

/**
 * Whether both the PPP peer of a call and its control connection still answer; the PPP peer is
 * asked three times, for what is sent behind a lot of packets may get lost with them.
 */
export async function bothAnswer<R extends string>(
  t: TimedTester,
  control: Pick<Control<R>, 'isAlive'>,
  tunnel: TunnelEnd,
): Promise<Evidence<Answering>> {
  let ppp = false
  for (let tries = 0; tries < TRIES && !ppp; tries++) ppp = await answersConfigure(t, tunnel)
  const connection = await control.isAlive()
  const does = (answers: boolean) => (answers ? 'answers' : 'is silent')
  return evidence({ ppp, connection }, `PPP ${does(ppp)}, the control connection ${does(connection)}`)
}

/** What `bothAnswer` is to find after that. */
export function bothAnswerAfter(after: string): Expectation<Answering> {
  return is(`PPP and control connection answer after ${after}`, ({ ppp, connection }) => ppp && connection)
}

/** Sends so many LCP Discard-Requests at once, with so many octets of data: they draw no answer. */
export function discard(tunnel: TunnelEnd, count: number, octets = MAGIC_NUMBER): void {
  const data = new Uint8Array(octets)
  for (let identifier = 0; identifier < count; identifier++)
    tunnel.send(lcpFrame(PacketCode.discardRequest, identifier, data))
}

/**
 * ms between Configure-Requests to a peer that may not be listening yet; it has seldom to wait for
 * the second.
 */
const ASKING = 1000

/**
 * Whether the PPP peer behind a tunnel comes to answer a Configure-Request within `timers.tunnel`
 * ms, where nothing of it was heard before: it is asked again and again, for it may still be
 * starting.
 */
export async function comesToAnswer(t: TimedTester, tunnel: TunnelEnd): Promise<boolean> {
  const deadline = t.clock.now() + t.timers.tunnel
  const asked = new Set<number>()
  for (let left = t.timers.tunnel; left > 0; left = deadline - t.clock.now()) {
    const identifier = t.unique() & 0xff
    asked.add(identifier)
    tunnel.send(lcpFrame(PacketCode.configureRequest, identifier))
    if ((await nextAnswer(t, tunnel, asked, Math.min(ASKING, left))) !== undefined) return true
  }
  return false
}

/**
 * Preamble: waits for the PPP peer's first packet, and until it answers a Configure-Request, so
 * that it says something when it does not any more.
 * @throws Inconclusive when it does neither.
 */
export async function awaitAnsweringPeer(t: TimedTester, tunnel: TunnelEnd): Promise<void> {
  await firstData(t, tunnel)
  if (!(await answersConfigure(t, tunnel)))
    throw new Inconclusive('the PPP peer answered no Configure-Request')
}

/** How long one Configure-Request may go unanswered before its PPP peer counts as gone, in ms. */
const GONE = 500

/**
 * ms between an answer and the next Configure-Request. Without it a quick peer would fill the trace
 * with thousands.
 */
const PAUSE = 50

/**
 * Whether the PPP peer behind a tunnel stops answering within `window` ms; it is asked until it
 * does. What was under way when its call ended does no harm.
 */
export async function fallsSilent(t: TimedTester, tunnel: TunnelEnd, window: number): Promise<boolean> {
  const deadline = t.clock.now() + window
  while (await answersConfigure(t, tunnel, GONE)) {
    if (t.clock.now() >= deadline) return false
    await t.clock.sleep(PAUSE)
  }
  return true
}

/** The same as evidence: the value is whether the peer fell silent. */
export async function tunnelSilence(
  t: TimedTester,
  tunnel: TunnelEnd,
  window: number,
): Promise<Evidence<boolean>> {
  return factOf(
    await fallsSilent(t, tunnel, window),
    'LCP Configure-Request draws no answer',
    `the PPP peer still answers LCP Configure-Request ${window} ms after the end of the call`,
  )
}

/**
 * Preamble: opens LCP; whatever the peer asks for is acknowledged. A PPP peer behind a recipient
 * wants us to prove who we are, and stays in that phase until we do. One behind an originator is
 * asked to prove itself, if it will, to the same effect: left to itself it might find itself
 * without the keys it needs, and terminate.
 * @param wanted is asked for besides; what the peer makes of it is its own affair.
 * @returns what the peer asked for.
 * @throws Inconclusive when it does not come to that.
 */
export async function openLcp(
  t: TimedTester & Partial<Pick<EitherTester<string>, 'iut'>>,
  tunnel: TunnelEnd,
  wanted: readonly Option[] = [],
): Promise<{ readonly mru: number }> {
  let received: ReceivedGre | undefined = await firstData(t, tunnel)
  let identifier = t.unique() & 0xff
  const options = encodeOptions([...wanted, ...(t.iut === 'originator' ? [PROOF] : [])])
  tunnel.send(lcpFrame(PacketCode.configureRequest, identifier, options))
  const deadline = t.clock.now() + t.timers.tunnel
  let ours = false
  let theirs: Packet | undefined
  for (;;) {
    const packet = received === undefined ? undefined : lcpOf(received)
    if (packet?.code === PacketCode.configureRequest) {
      tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
      theirs = packet
    } else if (packet?.identifier === identifier) {
      if (packet.code === PacketCode.configureAck) ours = true
      else if (isAnswer(packet)) {
        identifier = t.unique() & 0xff
        tunnel.send(lcpFrame(PacketCode.configureRequest, identifier))
      }
    }
    if (ours && theirs !== undefined) return { mru: mruOf(theirs) }
    received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined)
      throw new Inconclusive(
        `LCP did not open: ${ours ? 'the PPP peer asked for nothing' : 'our Configure-Request was not acknowledged'}`,
      )
  }
}

/**
 * Keeps a call's PPP peer patient for ever, and takes all it sends from now on: what it asks for is
 * acknowledged, which starts its count of attempts anew, but it is not asked for anything in turn,
 * so that LCP does not open.
 */
export function putOff(tunnel: TunnelEnd): void {
  tunnel.listen((received) => {
    const packet = lcpOf(received)
    if (packet?.code === PacketCode.configureRequest)
      tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
  })
}

/** The one way of proving itself that anybody who encrypts knows. */
const PROOF: Option = { type: LcpOption.authentication, data: encodeMethod('ms-chap-v2') }

/**
 * Octets of a PPP packet, from Address to the end: the largest that the peer takes by its MRU and
 * that the tunnel may carry.
 */
export function largestFrame(mru: number): number {
  return Math.min(TUNNEL_MTU, FRAME_HEADER + mru)
}

/**
 * Sends an LCP Echo-Request in a PPP packet of so many octets (12 at least) on an open link.
 * @param carriage how IP carries it, where not as the system does.
 * @returns its answer with all of its data, undefined when none came within `timers.tunnel` ms.
 */
export async function echo(
  t: TimedTester,
  tunnel: TunnelEnd,
  size: number,
  carriage?: IpCarriage,
): Promise<ReceivedGre | undefined> {
  const identifier = t.unique() & 0xff
  // A Magic-Number of 0, for none was agreed on, and then anything.
  const data = new Uint8Array(size - FRAME_HEADER - LCP_HEADER).fill(0x55, MAGIC_NUMBER)
  tunnel.send(lcpFrame(PacketCode.echoRequest, identifier, data), {}, carriage)
  const reply = await nextLcp(
    t,
    tunnel,
    (packet) => packet.code === PacketCode.echoReply && packet.identifier === identifier,
  )
  const echoed = reply?.packet.data.slice(MAGIC_NUMBER)
  return echoed !== undefined && sameOctets(echoed, data.slice(MAGIC_NUMBER)) ? reply?.received : undefined
}

/** The answer to an LCP Echo-Request that `echo` sent, or that none came. */
export function echoReplyOf(answer: ReceivedGre | undefined): Evidence<ReceivedGre | undefined> {
  return arrivalOf(
    answer,
    ({ packet }) => `LCP Echo-Reply in a PPP packet of ${packet.payload.length} octets`,
    'no LCP Echo-Reply with the data of the Echo-Request',
  )
}

/**
 * Octets of Address, Control and Protocol; of Code, Identifier and Length; and of the Magic-Number.
 */
const FRAME_HEADER = 4
const LCP_HEADER = 4
const MAGIC_NUMBER = 4

/**
 * Sends so many LCP Echo-Requests in a row on an open link.
 * @returns how many were answered within `timers.tunnel` ms.
 */
export async function burst(t: TimedTester, tunnel: TunnelEnd, count: number): Promise<number> {
  const open = new Set<number>()
  for (let identifier = 0; identifier < count; identifier++) {
    // A Magic-Number of 0, for none was agreed on.
    tunnel.send(lcpFrame(PacketCode.echoRequest, identifier, new Uint8Array(4)))
    open.add(identifier)
  }
  const deadline = t.clock.now() + t.timers.tunnel
  while (open.size > 0) {
    const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    tunnel.acknowledge()
    const packet = lcpOf(received)
    if (packet?.code === PacketCode.echoReply) open.delete(packet.identifier)
  }
  return count - open.size
}

/**
 * Octets of information that the sender of a Configure-Request takes: what it asks for, or what RFC
 * 1661 presumes.
 */
function mruOf({ data }: Packet): number {
  const option = decodeOptions(data)?.find(({ type }) => type === LcpOption.mru)
  if (option === undefined || option.data.length !== 2) return DEFAULT_MRU
  return ((option.data[0] ?? 0) << 8) | (option.data[1] ?? 0)
}

const DEFAULT_MRU = 1500
