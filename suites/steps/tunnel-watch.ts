import { PacketCode } from '../../harness/ppp/packet.ts'
import { arrivalOf, countOf, type Evidence, evidence } from '../../harness/scenario/evidence.ts'
import { type Expectation, is } from '../../harness/scenario/expectation.ts'
import { Inconclusive } from '../../harness/scenario/judge.ts'
import type { Tester } from '../../harness/scenario/tester.ts'
import type { ReceivedGre, TunnelEnd } from '../../harness/scenario/tunnel.ts'
import { configureAnswer, firstData, isAnswer, lcpFrame, lcpOf, type TimedTester, WAKING } from './lcp.ts'

/**
 * Watches the answers and acknowledgments of a call's peer together: how it takes packets that are
 * late, lost or too many.
 */

/**
 * ms within which a receiver has to react to a gap, and to acknowledge a packet that it does not
 * answer (interpretations ).
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
  /** The highest Acknowledgment Number in all that came. */
  readonly acknowledged: number | undefined
  /** Trace entry of the packet with that number. */
  readonly acknowledgedBy: number | undefined
}

/** Records what comes until `enough` returns true, for `window` ms at most. */
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

/** The answer that a packet holds, if it holds one to a Configure-Request other than `WAKING`. */
export function answersIn(received: ReceivedGre): readonly Answer[] {
  const lcp = lcpOf(received)
  return isAnswer(lcp) && lcp.identifier !== WAKING
    ? [{ identifier: lcp.identifier, entry: received.entry }]
    : []
}

/** Answers that came while we acknowledged packets, and the trace entry of the last data. */
export interface Drawn {
  readonly answers: readonly Answer[]
  readonly entry: number | undefined
}

/**
 * Records answers until `enough` returns true or none comes for `window` ms, and acknowledges each
 * data packet. A small window takes many round trips, however long one is.
 * @param acknowledge how, unless in the usual way.
 */
export async function drawAnswers(
  t: Pick<Tester<string>, 'clock'>,
  tunnel: TunnelEnd,
  window: number,
  enough: (answers: readonly Answer[]) => boolean,
  acknowledge: () => void = () => tunnel.acknowledge(),
): Promise<Drawn> {
  let deadline = t.clock.now() + window
  let drawn: Drawn = { answers: [], entry: undefined }
  while (!enough(drawn.answers)) {
    const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    acknowledge()
    if (distinct([...drawn.answers, ...answersIn(received)]) > distinct(drawn.answers))
      deadline = t.clock.now() + window
    drawn = { answers: [...drawn.answers, ...answersIn(received)], entry: received.entry }
  }
  return drawn
}

/**
 * Records answers until all of these Configure-Requests are answered, or `window` ms bring none. An
 * IUT that keeps few packets for a closed window drops answers (section 4.2.4): what is missing is
 * asked for again, without an acknowledgment, as long as answers come.
 * @param acknowledge how each data packet is acknowledged, unless in the usual way.
 */
export async function drawEach(
  t: Pick<Tester<string>, 'clock'>,
  tunnel: TunnelEnd,
  window: number,
  identifiers: readonly number[],
  acknowledge?: () => void,
): Promise<Drawn> {
  const answers: Answer[] = []
  let entry: number | undefined
  const missing = (more: readonly Answer[] = []) =>
    identifiers.filter((identifier) => !isAnswered({ answers: [...answers, ...more] }, identifier))
  for (;;) {
    const drawn = await drawAnswers(t, tunnel, window, (more) => missing(more).length === 0, acknowledge)
    const before = missing().length
    answers.push(...drawn.answers)
    entry = drawn.entry ?? entry
    const [first] = missing()
    if (first === undefined || missing().length === before) return { answers, entry }
    tunnel.send(request(first), WITHOUT_ACKNOWLEDGMENT)
  }
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

/** The acknowledgment and the answers, as evidence. */
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

/**
 * The Configure-Requests that were answered, as evidence.
 * @param shown the answer whose trace entry shows it: the first unless given.
 */
export function answersOf(
  { answers }: Pick<WatchedTunnel, 'answers'>,
  shown: Answer | undefined = answers[0],
): Evidence<Pick<WatchedTunnel, 'answers'>> {
  return evidence({ answers }, describeAnswers(answers), shown?.entry)
}

/** How many of `requests` Configure-Requests were answered, as evidence. */
export function answeredCount(answered: number, requests: number, entry?: number): Evidence<number> {
  return evidence(answered, `${answered} of ${requests} Configure-Requests answered`, entry)
}

/**
 * Expects one answer, to the Configure-Request `identifier`. `more` names in words what is not to
 * be answered.
 */
export function answersOnly(identifier: number, more: string): Expectation<Pick<WatchedTunnel, 'answers'>> {
  return is(
    `an answer to Configure-Request ${identifier}, ${more}`,
    ({ answers }) => answers.length === 1 && answers[0]?.identifier === identifier,
  )
}

/** How many packets came together, as evidence; the last of them shows it. */
export function packetsIn(packets: readonly ReceivedGre[]): Evidence<number> {
  return countOf(packets.length, 'packets', packets.at(-1)?.entry)
}

/** A call's first packet, or its absence, as evidence. */
export function firstPacket(first: ReceivedGre | undefined): Evidence<ReceivedGre | undefined> {
  return arrivalOf(first, 'a first packet', 'no packet')
}

/** Whether a Configure-Request was answered. */
export function isAnswered(watched: Pick<WatchedTunnel, 'answers'>, identifier: number): boolean {
  return watched.answers.some((answer) => answer.identifier === identifier)
}

/** Whether a packet was acknowledged, by its own Sequence Number or a later one. */
export function isAcknowledged(watched: WatchedTunnel, sequenceNumber: number | undefined): boolean {
  return (
    sequenceNumber !== undefined &&
    watched.acknowledged !== undefined &&
    watched.acknowledged >= sequenceNumber
  )
}

/** The answers in words, with their Identifiers. */
export function describeAnswers(answers: readonly Answer[]): string {
  if (answers.length === 0) return 'no answer'
  return `answers to Configure-Request ${answers.map(({ identifier }) => identifier).join(', ')}`
}

/**
 * Preamble: waits until the PPP peer has sent something and has answered LCP Configure-Requests
 * without options.
 * @param count how many it is sent, with Identifiers from 1. The usual two use up Sequence Number
 * 1: some receivers accept it at any time, for streams that begin with it.
 * @returns the Sequence Number of our next packet.
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
 * A Configure-Request without options. Each one draws an answer, whatever became of those before
 * it.
 */
export function request(identifier: number): Uint8Array {
  return lcpFrame(PacketCode.configureRequest, identifier)
}

/** Values for a packet of ours without an Acknowledgment Number. */
export const WITHOUT_ACKNOWLEDGMENT = { acknowledgmentPresent: 0, acknowledgmentNumber: undefined } as const

/** ms without a packet after which a sender with more to send counts as waiting. */
export const PAUSE = 250

/**
 * Returns the data packets that come until their sender pauses.
 * @param window ms within which the first has to come; without it, none is returned.
 * @param pause ms within which each later one has to come: longer where no time-out is near, since
 * a busy machine pauses as well.
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
 * The packets that an acknowledgment releases. An IUT that keeps few packets for a closed window
 * has nothing left to send: it gets more requests before anything follows from that.
 * @param due packets that the window should let through.
 * @param window, pause as for `flight`.
 */
export async function releasedTo(
  tunnel: TunnelEnd,
  due: number,
  window: number,
  pause = PAUSE,
): Promise<readonly ReceivedGre[]> {
  const packets = await flight(tunnel, window, pause)
  if (packets.length >= due) return packets
  for (let count = 0; count < due; count++) tunnel.send(request(220 + count), WITHOUT_ACKNOWLEDGMENT)
  return [...packets, ...(await flight(tunnel, window, pause))]
}

/**
 * Packets read at most: more than any window that we announce. A sender of so many without a pause
 * has no transmit window.
 */
const LONGEST_FLIGHT = 64

/** Identifier of the first request with which `fillWindow` fills a window. */
export const FIRST_FILLING = 80

/**
 * Preamble: sends a call's peer `requests` Configure-Requests at once, without acknowledging its
 * answers, so that its transmit window fills.
 * @param window the window that we announced.
 * @param within ms within which a second packet has to come: less than the time-out where the
 * window may be one packet.
 * @param pause as for `flight`.
 * @returns the packets up to the pause, the first one included.
 * @throws Inconclusive when more than `window` packets come: then nothing can be learnt about the
 * transmit window.
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
  for (let count = 0; count < requests; count++)
    tunnel.send(request(FIRST_FILLING + count), WITHOUT_ACKNOWLEDGMENT)
  const packets = [first, ...(await flight(tunnel, within, pause))]
  if (packets.length > window)
    throw new Inconclusive(
      `${packets.length} packets came without an acknowledgment, more than our window of ${window}: there is no transmit window to test`,
    )
  return packets
}
