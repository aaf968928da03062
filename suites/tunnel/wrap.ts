import { Inconclusive, isLater, scenario, type Tester, type TunnelEnd } from '../kit.ts'
import {
  type Answer,
  answeringPeer,
  answersIn,
  describeAnswers,
  request,
  WITHIN,
  watch,
} from '../steps/tunnel-watch.ts'

/**
 * Two leaps to the end of the numbers: each passes less than half of them all, so that what follows
 * is later and not late.
 */
const LEAPS = [0x7fff_fffd, 0xffff_fffc] as const
/** A number that the second leap passed over: its packet can only be late. */
const PASSED_OVER = 0xffff_fff0
/** Identifiers: of the packets at the end of a leap, and of those round the end of the numbers. */
const LEAP = 60
const FIRST = 100

/** Sequence numbers in the order of sending. */
const STREAMS = {
  'in-order': [0xffff_fffe, 0xffff_ffff, 0, 1, 2, 3],
  // 1 is left out of the stream: some receivers take it at any time, for streams that begin with
  // it.
  gap: [0xffff_fffe, 2, 3, 4],
  late: [0xffff_fffe, 0xffff_ffff, 0, 1, PASSED_OVER, 2],
} as const satisfies Record<string, readonly number[]>

export default scenario(
  {
    id: 'tunnel/wrap',
    purpose: 'After sequence number 4294967295 comes 0, and nothing stops.',
    decides: ['4.3/later-acknowledged', '4.3/out-of-sequence-discarded', '4.3/late-not-delivered'],
    provenBy: ['gre-never-wraps', 'gre-delivers-late'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-70'],
    vary: { stream: STREAMS },
  },
  async (t) => {
    const numbers: readonly number[] = t.vary.stream
    const late = numbers.indexOf(PASSED_OVER)
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await answeringPeer(t, tunnel)
    for (const [at, number] of LEAPS.entries()) await leap(t, tunnel, number, LEAP + 2 * at)

    for (const [at, sequenceNumber] of numbers.entries()) tunnel.send(request(FIRST + at), { sequenceNumber })
    const first = await follow(t, tunnel, FIRST + numbers.length - 1)
    // Whoever took the late packet for an early one keeps it for a while; the next packet shows.
    const idle = late === -1 ? NOTHING : await follow(t, tunnel, undefined)
    const behind = FIRST + numbers.length
    const { sequenceNumber: highest } = tunnel.send(request(behind))
    const rest = await follow(t, tunnel, behind)

    const answers = [...first.answers, ...idle.answers, ...rest.answers]
    const entry = answers.at(-1)?.entry
    const taken = answers.find(({ identifier }) => identifier === FIRST + late)
    t.decide('4.3/late-not-delivered', {
      ok: late === -1 || taken === undefined,
      expected:
        late === -1
          ? 'nothing delivered late'
          : `no answer to Configure-Request ${FIRST + late}, whose number ${PASSED_OVER} comes after 1`,
      seen: describeAnswers(answers),
      entry: taken?.entry ?? entry,
    })
    const due = [...numbers.keys(), numbers.length].filter((at) => at !== late).map((at) => FIRST + at)
    t.decide('4.3/out-of-sequence-discarded', {
      ok: answers.map(({ identifier }) => identifier).join() === due.join(),
      expected: `answers to Configure-Request ${due.join(', ')} in this order`,
      seen: describeAnswers(answers),
      entry,
    })
    t.decide('4.3/later-acknowledged', {
      ok: rest.acknowledged === highest,
      expected: `Acknowledgment Number ${highest} within ${WITHIN} ms`,
      seen:
        rest.acknowledged === undefined ? 'no acknowledgment' : `Acknowledgment Number ${rest.acknowledged}`,
      entry,
    })
  },
)

type Pace = Pick<Tester<string>, 'clock' | 'timers' | 'unique'>

/**
 * Preamble: goes on with a number far ahead. Whoever waits for the gap to close may do so for a
 * second.
 * @throws Inconclusive when what follows is not answered.
 */
async function leap(t: Pace, tunnel: TunnelEnd, sequenceNumber: number, identifier: number): Promise<void> {
  tunnel.send(request(identifier), { sequenceNumber })
  await watch(t, tunnel, WITHIN, ({ answers }) => answers.length > 0)
  tunnel.send(request(identifier + 1))
  const { answers } = await watch(t, tunnel, t.timers.tunnel, (watched) =>
    watched.answers.some((answer) => answer.identifier === identifier + 1),
  )
  if (!answers.some((answer) => answer.identifier === identifier + 1))
    throw new Inconclusive(`nothing is taken any more after the leap to sequence number ${sequenceNumber}`)
}

interface Followed {
  readonly answers: readonly Answer[]
  /** The latest Acknowledgment Number, across the end of the numbers. */
  readonly acknowledged: number | undefined
}

const NOTHING: Followed = { answers: [], acknowledged: undefined }

/**
 * What comes until a request is answered, for as long as a receiver may wait for a gap to close.
 */
async function follow(t: Pace, tunnel: TunnelEnd, last: number | undefined): Promise<Followed> {
  const deadline = t.clock.now() + WITHIN
  const answers: Answer[] = []
  let acknowledged: number | undefined
  while (last === undefined || answers.at(-1)?.identifier !== last) {
    const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) break
    const { acknowledgmentNumber: number } = received.packet
    if (number !== undefined && (acknowledged === undefined || isLater(number, acknowledged)))
      acknowledged = number
    answers.push(...answersIn(received))
  }
  return { answers, acknowledged }
}
