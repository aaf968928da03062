import { PacketCode } from '../../harness/ppp/packet.ts'
import { arrivalOf, countOf, type Evidence, evidence } from '../../harness/scenario/evidence.ts'
import { type Expectation, is } from '../../harness/scenario/expectation.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { ReceivedGre, TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { configureAnswer, firstData, isAnswer, lcpFrame, lcpOf, type TimedTester, WAKING } from './lcp.ts'

/**
 * What a call's peer does with packets that are late, lost or too many: watching its answers and
 * its acknowledgments together.
 */

/**
 * ms in which a receiver is to have dealt with a gap or an unanswered packet (interpretations A-54
 * and A-55).
 */
export const WITHIN = 1000

/** An answer to one of our Configure-Requests. */
export interface Answer {
  readonly identifier: number
  readonly entry: number
}

/** What came through a tunnel while it was watched. */
export interface WatchedTunnel {
  /** Answers in the order in which they came. */
  readonly answers: readonly Answer[]
  /** The highest Acknowledgment Number among them and what came with them. */
  readonly acknowledged: number | undefined
  /** Entry of the packet that had it. */
  readonly acknowledgedBy: number | undefined
}

/** Notes what comes until it is enough, for `window` ms at most. */
export async function watch(
  t: TimedTester,
  tunnel: TunnelEnd,
  window: number,
  enough: (so: WatchedTunnel) => boolean,
): Promise<WatchedTunnel> {
  const deadline = t.clock.now() + window
  let so: WatchedTunnel = { answers: [], acknowledged: undefined, acknowledgedBy: undefined }
  while (!enough(so)) {
    const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    so = noted(so, received)
  }
  return so
}

/**
 * What a packet answers: one Configure-Request or none. The one that woke a silent peer does not
 * count.
 */
export function answersIn(received: ReceivedGre): readonly Answer[] {
  const lcp = lcpOf(received)
  return isAnswer(lcp) && lcp.identifier !== WAKING
    ? [{ identifier: lcp.identifier, entry: received.entry }]
    : []
}

/** Answers that came while packets were acknowledged, and the last data that came. */
export interface Drawn {
  readonly answers: readonly Answer[]
  readonly entry: number | undefined
}

/**
 * Notes answers until they are enough, for `window` ms at most, and acknowledges each data packet:
 * by `acknowledge`, the usual way unless given.
 */
export async function drawAnswers(
  t: Pick<Tester<string>, 'clock'>,
  tunnel: TunnelEnd,
  window: number,
  enough: (answers: readonly Answer[]) => boolean,
  acknowledge: () => void = () => tunnel.acknowledge(),
): Promise<Drawn> {
  const deadline = t.clock.now() + window
  let drawn: Drawn = { answers: [], entry: undefined }
  while (!enough(drawn.answers)) {
    const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    acknowledge()
    drawn = { answers: [...drawn.answers, ...answersIn(received)], entry: received.entry }
  }
  return drawn
}

/** How many different Configure-Requests were answered. */
export function distinct(answers: readonly Answer[]): number {
  return new Set(answers.map(({ identifier }) => identifier)).size
}

function noted(watched: WatchedTunnel, received: ReceivedGre): WatchedTunnel {
  const { entry, packet } = received
  const number = packet.acknowledgmentNumber
  return {
    answers: [...watched.answers, ...answersIn(received)],
    ...(number !== undefined && (watched.acknowledged === undefined || number > watched.acknowledged)
      ? { acknowledged: number, acknowledgedBy: entry }
      : { acknowledged: watched.acknowledged, acknowledgedBy: watched.acknowledgedBy }),
  }
}

/** The highest Acknowledgment Number that came, as evidence. */
export function acknowledgmentIn({
  acknowledged,
  acknowledgedBy,
}: Pick<WatchedTunnel, 'acknowledged' | 'acknowledgedBy'>): Evidence<number | undefined> {
  const seen = acknowledged === undefined ? 'no acknowledgment' : `Acknowledgment Number ${acknowledged}`
  return evidence(acknowledged, seen, acknowledgedBy)
}

/** Acknowledgment and answers together. */
export function watched(so: WatchedTunnel): Evidence<WatchedTunnel> {
  const { seen, entry } = acknowledgmentIn(so)
  return evidence(so, `${seen}, ${describeAnswers(so.answers)}`, entry)
}

/** The Sequence Number of one packet. */
export function sequenceNumberOf({ packet, entry }: ReceivedGre): Evidence<number | undefined> {
  return evidence(packet.sequenceNumber, `Sequence Number ${packet.sequenceNumber ?? 'absent'}`, entry)
}

/** The Acknowledgment Number of one packet. */
export function acknowledgmentOf({ packet, entry }: ReceivedGre): Evidence<number | undefined> {
  return acknowledgmentIn({ acknowledged: packet.acknowledgmentNumber, acknowledgedBy: entry })
}

/** Which Configure-Requests were answered, shown by one of the answers: the first unless given. */
export function answersOf(
  { answers }: Pick<WatchedTunnel, 'answers'>,
  shown: Answer | undefined = answers[0],
): Evidence<Pick<WatchedTunnel, 'answers'>> {
  return evidence({ answers }, describeAnswers(answers), shown?.entry)
}

/** How many of so many Configure-Requests were answered. */
export function answeredCount(answered: number, requests: number, entry?: number): Evidence<number> {
  return evidence(answered, `${answered} of ${requests} Configure-Requests answered`, entry)
}

/** One answer, to the Configure-Request with that identifier. `more` says which there are not. */
export function answersOnly(identifier: number, more: string): Expectation<Pick<WatchedTunnel, 'answers'>> {
  return is(
    `an answer to Configure-Request ${identifier}, ${more}`,
    ({ answers }) => answers.length === 1 && answers[0]?.identifier === identifier,
  )
}

/** How many packets came together, shown by the last of them. */
export function packetsIn(packets: readonly ReceivedGre[]): Evidence<number> {
  return countOf(packets.length, 'packets', packets.at(-1)?.entry)
}

/** Whether a call's first packet came. */
export function firstPacket(first: ReceivedGre | undefined): Evidence<ReceivedGre | undefined> {
  return arrivalOf(first, 'a first packet', 'no packet')
}

/** Whether a Configure-Request was answered. */
export function isAnswered(watched: Pick<WatchedTunnel, 'answers'>, identifier: number): boolean {
  return watched.answers.some((answer) => answer.identifier === identifier)
}

/** Whether a packet was acknowledged, by its own number or a later one. */
export function isAcknowledged(watched: WatchedTunnel, sequenceNumber: number | undefined): boolean {
  return (
    sequenceNumber !== undefined &&
    watched.acknowledged !== undefined &&
    watched.acknowledged >= sequenceNumber
  )
}

/** The identifiers that were answered, in words. */
export function describeAnswers(answers: readonly Answer[]): string {
  if (answers.length === 0) return 'no answer'
  return `answers to Configure-Request ${answers.map(({ identifier }) => identifier).join(', ')}`
}

/**
 * Preamble: the PPP peer has spoken, and answers LCP Configure-Requests without options.
 * @param count how many it is sent, with identifiers 1 and on. With the usual two, sequence number
 * 1 is used up: some receivers take it at any time, for streams that begin with it.
 * @returns the number of our next packet.
 * @throws Inconclusive when it does not answer.
 */
export async function nextNumberAfterAnswers(
  t: TimedTester,
  tunnel: TunnelEnd,
  count: 1 | 2 = 2,
): Promise<number> {
  await firstData(t, tunnel)
  let next = 0
  for (let identifier = 1; identifier <= count; identifier++) {
    next = (tunnel.send(request(identifier)).sequenceNumber ?? 0) + 1
    if ((await configureAnswer(t, tunnel, identifier)) === undefined)
      throw new Inconclusive('the PPP peer answered no Configure-Request')
  }
  return next
}

/**
 * A Configure-Request without options: each one draws an answer, whatever became of those before
 * it.
 */
export function request(identifier: number): Uint8Array {
  return lcpFrame(PacketCode.configureRequest, identifier)
}

/** Values for packets of ours that acknowledge nothing. */
export const WITHOUT_ACKNOWLEDGMENT = { acknowledgmentPresent: 0, acknowledgmentNumber: undefined } as const

/** ms without a packet after which a sender that has more to send is taken to be waiting. */
export const PAUSE = 250

/**
 * The data packets that come until their sender pauses. The first of them may take `window` ms;
 * none at all when it takes longer.
 * @param pause ms that it may take for each of the others: longer where no time-out is near, for a
 * busy machine pauses as well.
 */
export async function flight(
  tunnel: TunnelEnd,
  window: number,
  pause = PAUSE,
): Promise<readonly ReceivedGre[]> {
  const packets: ReceivedGre[] = []
  for (;;) {
    const received = await tunnel.nextData(packets.length === 0 ? window : pause)
    if (received === undefined || packets.length >= LONGEST_FLIGHT) return packets
    packets.push(received)
  }
}

/**
 * More than any window asked for here: who sends so much without a pause does not hold back at all.
 */
const LONGEST_FLIGHT = 64

/**
 * Preamble: gives a call's peer so much to answer at once, acknowledging nothing, that its transmit
 * window fills.
 * @param within ms in which more than its first packet comes, if it comes: less than the time-out
 * where the window may be of one packet.
 * @param pause as for `flight`.
 * @returns its packets until it paused, its first one included.
 * @throws Inconclusive when it does not hold back: then there is nothing to learn about its window.
 */
export async function fillWindow(
  t: TimedTester,
  tunnel: TunnelEnd,
  window: number,
  requests: number,
  within = t.timers.tunnel,
  pause = PAUSE,
): Promise<readonly ReceivedGre[]> {
  const first = await firstData(t, tunnel)
  for (let count = 0; count < requests; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
  const packets = [first, ...(await flight(tunnel, within, pause))]
  if (packets.length > window)
    throw new Inconclusive(
      `${packets.length} packets came without an acknowledgment, where our window is ${window}: nothing shows of a transmit window`,
    )
  return packets
}
