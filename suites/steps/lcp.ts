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
import { type ReceivedGre, type TunnelEnd, WAKING_AFTER } from '../../harness/scenario/tunnel.ts'

/** LCP packet by packet: sends single packets into a call's tunnel, and reads what comes back. */

/**
 * The part of a tester that steps need to wait for packets: time, time-outs, and unused numbers.
 */
export type TimedTester = Pick<Tester<string>, 'clock' | 'timers' | 'unique'>

/** Encodes a PPP frame with an LCP packet. */
export function lcpFrame(code: number, identifier: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeFrame(PppProtocolNumber.lcp, encodePacket({ code, identifier, data }))
}

/** The LCP packet that a GRE packet carries, if it carries one. */
export function lcpOf(received: ReceivedGre): Packet | undefined {
  const frame = decodeFrame(received.packet.payload)
  return frame?.protocol === PppProtocolNumber.lcp ? decodePacket(frame.information) : undefined
}

/** The LCP packet in a GRE packet, as evidence: no other protocol is open yet. */
export function lcpIn(received: ReceivedGre): Evidence<Packet | undefined> {
  const lcp = lcpOf(received)
  const octets = toHex(received.packet.payload.slice(0, SHOWN))
  const seen =
    lcp === undefined ? `octets that are no LCP packet: ${octets}` : `an LCP packet with code ${lcp.code}`
  return evidence(lcp, seen, received.entry)
}

/** How many octets of a packet that is not LCP are shown at most. */
const SHOWN = 16

/**
 * Identifier of the Configure-Request that wakes a silent peer. No request whose answers are
 * counted by Identifier has it.
 */
export const WAKING = 0xff

/**
 * Waits for the first data of a call's PPP peer. Some servers read GRE only after their PPP daemon
 * has written once, so nothing is sent at first. Another peer may keep silent until it is asked,
 * and end a call in which nothing comes: after `WAKING_AFTER` of `timers.tunnel` it is sent a
 * Configure-Request, and has `timers.tunnel` ms from then on.
 */
export async function spokenTo(t: TimedTester, tunnel: TunnelEnd): Promise<ReceivedGre | undefined> {
  const first = await tunnel.nextData(WAKING_AFTER * t.timers.tunnel)
  if (first !== undefined) return first
  tunnel.send(lcpFrame(PacketCode.configureRequest, WAKING))
  return tunnel.nextData(t.timers.tunnel)
}

/** Preamble: like `spokenTo`. @throws Inconclusive when no data comes. */
export async function firstData(t: TimedTester, tunnel: TunnelEnd): Promise<ReceivedGre> {
  const first = await spokenTo(t, tunnel)
  if (first === undefined)
    throw new Inconclusive(
      `no PPP packet came through the tunnel within ${WAKING_AFTER * t.timers.tunnel} ms of the call, nor within ${t.timers.tunnel} ms of a Configure-Request`,
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

/** Like `configureAnswer`, to any of several Configure-Requests. */
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

/** Whether an LCP packet answers a Configure-Request: Ack, Nak or Reject. */
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

/** Whether the PPP peer answers a Configure-Request (see `answersConfigure`), as evidence. */
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

/** Expects that the PPP peer of a live call has answered. */
export const STILL_CARRIES_PPP = is<unknown>(
  'the live call still carries PPP: LCP Configure-Request is answered',
  (answers) => answers === true,
)

/** How often the PPP peer is asked: in a tunnel that has just overflowed a packet may get lost. */
const TRIES = 3

/** Whether the PPP peer of a call and its control connection answer. */
export interface Answering {
  readonly ppp: boolean
  readonly connection: boolean
}

/**
 * Whether the PPP peer of a call and its control connection still answer. The PPP peer is asked up
 * to three times: right after many packets one may get lost.
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

/** Expects that both answer after what `after` says in words. */
export function bothAnswerAfter(after: string): Expectation<Answering> {
  return is(`PPP and control connection answer after ${after}`, ({ ppp, connection }) => ppp && connection)
}

/**
 * Sends `count` LCP Discard-Requests at once, each with `octets` octets of data. They draw no
 * answer.
 */
export function discard(tunnel: TunnelEnd, count: number, octets = MAGIC_NUMBER): void {
  const data = new Uint8Array(octets)
  for (let identifier = 0; identifier < count; identifier++)
    tunnel.send(lcpFrame(PacketCode.discardRequest, identifier, data))
}

/**
 * ms between Configure-Requests to a peer that may not be listening yet. The second is seldom
 * needed.
 */
const ASKING = 1000

/**
 * Whether the PPP peer behind a tunnel answers a Configure-Request within `timers.tunnel` ms. A
 * peer that has sent nothing before may still be starting, so it is asked again and again.
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
 * Preamble: waits for the PPP peer's first packet and for an answer to a Configure-Request. Only
 * then does a later silence mean anything.
 * @throws Inconclusive when one of them does not come.
 */
export async function awaitAnsweringPeer(t: TimedTester, tunnel: TunnelEnd): Promise<void> {
  await firstData(t, tunnel)
  if (!(await answersConfigure(t, tunnel)))
    throw new Inconclusive('the PPP peer answered no Configure-Request')
}

/** ms without an answer to a Configure-Request after which the PPP peer counts as gone. */
const GONE = 500

/**
 * ms between an answer and the next Configure-Request. Without it a quick peer would fill the trace
 * with thousands.
 */
const PAUSE = 50

/**
 * Whether the PPP peer behind a tunnel stops answering within `window` ms. It is asked until then,
 * so packets under way at the end of the call do no harm.
 */
export async function fallsSilent(t: TimedTester, tunnel: TunnelEnd, window: number): Promise<boolean> {
  const deadline = t.clock.now() + window
  while (await stillAnswers(t, tunnel)) {
    if (t.clock.now() >= deadline) return false
    await t.clock.sleep(PAUSE)
  }
  return true
}

async function stillAnswers(t: TimedTester, tunnel: TunnelEnd): Promise<boolean> {
  return (await evenIfEnded(() => answersConfigure(t, tunnel, GONE))) === true
}

/**
 * Waits in a tunnel whose call the IUT may end over what it was sent: undefined then, as after
 * silence, where otherwise the case would be inconclusive.
 */
export async function evenIfEnded<T>(wait: () => Promise<T>): Promise<T | undefined> {
  try {
    return await wait()
  } catch (error) {
    if (error instanceof Inconclusive) return undefined
    throw error
  }
}

/** Whether the PPP peer fell silent (see `fallsSilent`), as evidence. */
export async function tunnelSilence(
  t: TimedTester,
  tunnel: TunnelEnd,
  window: number,
): Promise<Evidence<boolean>> {
  return factOf(
    await fallsSilent(t, tunnel, window),
    'LCP Configure-Request draws no answer',
    `the PPP peer still answers LCP Configure-Request ${window} ms after the call should have ended`,
  )
}

/**
 * Preamble: opens LCP, and acknowledges all that the peer asks for. A PPP peer behind a recipient
 * wants us to authenticate, and stays in that phase until we do. A PPP peer behind an originator is
 * asked to authenticate for the same effect: otherwise it might miss the keys that it needs, and
 * terminate.
 * @param wanted further options to ask for, whether or not the peer accepts them.
 * @returns the MRU that the peer asked for, in octets.
 * @throws Inconclusive when LCP does not open.
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
 * Keeps a call's PPP peer waiting for ever, and reads all that it sends from now on: acknowledges
 * what it asks for, which restarts its count of attempts, but asks for nothing, so that LCP does
 * not open.
 */
export function putOff(tunnel: TunnelEnd): void {
  tunnel.listen((received) => {
    const packet = lcpOf(received)
    if (packet?.code === PacketCode.configureRequest)
      tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
  })
}

/** MS-CHAPv2: the one authentication that every peer with encryption supports. */
const PROOF: Option = { type: LcpOption.authentication, data: encodeMethod('ms-chap-v2') }

/**
 * The largest PPP packet, in octets from Address to its end, that the MRU of the peer and the
 * tunnel allow.
 */
export function largestFrame(mru: number): number {
  return Math.min(TUNNEL_MTU, FRAME_HEADER + mru)
}

/**
 * Sends an LCP Echo-Request in a PPP packet of `size` octets (at least 12) on an open link.
 * @param carriage how IP carries it, where that differs from what the system would do.
 * @returns the Echo-Reply with the same data; undefined when none came within `timers.tunnel` ms.
 */
export async function echo(
  t: TimedTester,
  tunnel: TunnelEnd,
  size: number,
  carriage?: IpCarriage,
): Promise<ReceivedGre | undefined> {
  const identifier = t.unique() & 0xff
  // A Magic-Number of 0, for none was agreed on, and then filling.
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

/** The answer to an LCP Echo-Request that `echo` sent, or its absence, as evidence. */
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
 * Sends `count` LCP Echo-Requests in a row on an open link.
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
 * MRU of the sender of a Configure-Request, in octets: what it asks for, or the default of RFC
 * 1661.
 */
function mruOf({ data }: Packet): number {
  const option = decodeOptions(data)?.find(({ type }) => type === LcpOption.mru)
  if (option === undefined || option.data.length !== 2) return DEFAULT_MRU
  return ((option.data[0] ?? 0) << 8) | (option.data[1] ?? 0)
}

const DEFAULT_MRU = 1500
