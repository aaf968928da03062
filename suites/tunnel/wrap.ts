import { equalTo, Inconclusive, is, isLater, scenario, shownBy, type TunnelEnd } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import type { TimedTester } from '../steps/lcp.ts'
import {
  acknowledgmentIn,
  answersIn,
  answersOf,
  isAnswered,
  request,
  type WatchedTunnel,
  WITHIN,
  watch,
} from '../steps/tunnel-watch.ts'

/**
 * Two leaps to the highest sequence numbers: each skips less than half of all numbers, so that the
 * next packet counts as a later one and not as a late one.
 */
const LEAPS = [0x7fff_fffd, 0xffff_fffc] as const
/** A sequence number that the second leap skips: its packet can only be late. */
const PASSED_OVER = 0xffff_fff0
/** First Identifiers of the Configure-Requests after a leap, and of those around the wrap. */
const LEAP = 60
const FIRST = 100

/** Sequence numbers in the order of sending. */
const STREAMS = {
  'in-order': [0xffff_fffe, 0xffff_ffff, 0, 1, 2, 3],
  // 1 is left out of the stream: some receivers take number 1 at any time, because a stream may
  // begin with it.
  gap: [0xffff_fffe, 2, 3, 4],
  late: [0xffff_fffe, 0xffff_ffff, 0, 1, PASSED_OVER, 2],
} as const satisfies Record<string, readonly number[]>

export default scenario(
  {
    id: 'tunnel/wrap',
    purpose: 'Sequence number 0 follows 4294967295, and data goes on.',
    decides: ['4.3/later-acknowledged', '4.3/out-of-sequence-discarded', '4.3/late-not-delivered'],
    provenBy: ['gre-never-wraps', 'gre-delivers-late'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-70'],
    vary: { stream: STREAMS },
  },
  async (t) => {
    const numbers: readonly number[] = t.vary.stream
    const { tunnel } = await answeringCall(t)
    for (const [at, number] of LEAPS.entries()) await leap(t, tunnel, number, LEAP + 2 * at)
    const { answers, highest, acknowledged } = await stream(t, tunnel, numbers)
    const all = answersOf({ answers }, answers.at(-1))
    t.check('4.3/late-not-delivered', all, notLate(numbers.indexOf(PASSED_OVER)))
    t.check('4.3/out-of-sequence-discarded', all, inOrder(numbers))
    const last = equalTo(highest, `Acknowledgment Number ${highest} within ${t.timers.tunnel} ms`)
    t.check('4.3/later-acknowledged', shownBy(acknowledgmentIn(acknowledged), all.entry), last)
  },
)

type Answers = Pick<WatchedTunnel, 'answers'>

/** Expects no answer to the late packet, at index `late` of the stream; -1: no packet is late. */
function notLate(late: number) {
  const number = FIRST + late
  return late === -1
    ? is<Answers>('no packet delivered late', () => true)
    : is<Answers>(
        `no answer to Configure-Request ${number}, whose number ${PASSED_OVER} comes after 1`,
        (so) => !isAnswered(so, number),
      )
}

/** Expects answers to all requests but the late one, and to the request after the stream. */
function inOrder(numbers: readonly number[]) {
  const late = numbers.indexOf(PASSED_OVER)
  const due = [...numbers.keys(), numbers.length].filter((at) => at !== late).map((at) => FIRST + at)
  return is<Answers>(
    `answers to Configure-Request ${due.join(', ')} in this order`,
    ({ answers }) => answers.map(({ identifier }) => identifier).join() === due.join(),
  )
}

/**
 * Preamble: goes on with a sequence number far ahead. An IUT may wait a second for the packets that
 * were skipped.
 * @throws Inconclusive when what follows is not answered.
 */
async function leap(
  t: TimedTester,
  tunnel: TunnelEnd,
  sequenceNumber: number,
  identifier: number,
): Promise<void> {
  tunnel.send(request(identifier), { sequenceNumber })
  await watch(t, tunnel, WITHIN, ({ answers }) => answers.length > 0)
  tunnel.send(request(identifier + 1))
  const so = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, identifier + 1))
  if (!isAnswered(so, identifier + 1))
    throw new Inconclusive(`no packet is taken after the leap to sequence number ${sequenceNumber}`)
}

/** The answers to a stream of packets around the wrap. */
interface Streamed extends Answers {
  /** Sequence number of the last packet, and what came after it, acknowledgments included. */
  readonly highest: number
  readonly acknowledged: WatchedTunnel
}

/** Sends packets with these numbers and, when they have been dealt with, another one. */
async function stream(t: TimedTester, tunnel: TunnelEnd, numbers: readonly number[]): Promise<Streamed> {
  for (const [at, sequenceNumber] of numbers.entries()) tunnel.send(request(FIRST + at), { sequenceNumber })
  const first = await follow(t, tunnel, FIRST + numbers.length - 1)
  // An IUT that takes the late packet for an early one holds it for a while; the next packet
  // makes that show.
  const idle = numbers.includes(PASSED_OVER) ? await follow(t, tunnel, undefined) : NOTHING
  const behind = FIRST + numbers.length
  const { sequenceNumber: highest = 0 } = tunnel.send(request(behind))
  const rest = await follow(t, tunnel, behind, highest)
  return { answers: [...first.answers, ...idle.answers, ...rest.answers], highest, acknowledged: rest }
}

const NOTHING: WatchedTunnel = { answers: [], acknowledged: undefined, acknowledgedBy: undefined }

/**
 * Collects answers and acknowledgments until the request with Identifier `last` is answered, for
 * `WITHIN` ms at most. Of Acknowledgment Numbers the latest counts as highest, across the wrap.
 * @param number also wait until this number is acknowledged, which may take a packet of its own.
 */
async function follow(
  t: TimedTester,
  tunnel: TunnelEnd,
  last: number | undefined,
  number?: number,
): Promise<WatchedTunnel> {
  // What comes last may wait for the window of the IUT, which has shrunk if time-outs are short.
  const deadline = t.clock.now() + (number === undefined ? WITHIN : t.timers.tunnel)
  let so = NOTHING
  const isOver = () =>
    last !== undefined &&
    so.answers.at(-1)?.identifier === last &&
    (number === undefined || so.acknowledged === number)
  while (!isOver()) {
    const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    const { acknowledgmentNumber } = received.packet
    const isHighest =
      acknowledgmentNumber !== undefined &&
      (so.acknowledged === undefined || isLater(acknowledgmentNumber, so.acknowledged))
    so = {
      answers: [...so.answers, ...answersIn(received)],
      acknowledged: isHighest ? acknowledgmentNumber : so.acknowledged,
      acknowledgedBy: isHighest ? received.entry : so.acknowledgedBy,
    }
  }
  return so
}
