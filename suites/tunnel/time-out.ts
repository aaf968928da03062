import {
  advised,
  atLeast,
  atMost,
  type Evidence,
  equalTo,
  evidence,
  is,
  scenario,
  type Tester,
  type TunnelEnd,
} from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { fillWindow, flight, PAUSE, packetsIn, releasedTo } from '../steps/tunnel-watch.ts'

/** Packet Recv. Window Size that we announce. */
const WINDOW = 10
/**
 * Packet Processing Delay that we announce, in tenths of a second: short enough that several
 * time-outs in a row are seen, and less than `LONGEST`.
 */
const DELAY = 9
/**
 * ms without a packet that part one flight from the next: half of the first time-out, so that
 * packets may be late by nearly as much.
 */
const BETWEEN = (DELAY * 100) / 2
const TIME_OUTS = 4
/**
 * The last time-out must be at least this many times the first one seen. (The algorithm that the
 * RFC suggests doubles the time-out each time.)
 */
const GROWTH = 1.25

export default scenario(
  {
    id: 'tunnel/time-out',
    purpose:
      'Without acknowledgments, a time-out lets sending go on with half the window, one packet at least; each time-out is longer than the one before, and the window recovers packet by packet.',
    decides: [
      '4.2.2/halves',
      '4.2.2/minimum',
      '4.2.3/resumes',
      '4.2.3/recovers-by-one',
      '4.4/time-out-used',
      '4.4.2/window-shrinks',
      '4.4/backs-off',
      '4.4.2/time-out-grows',
      '4.4.2/strategy',
    ],
    provenBy: [
      'gre-stalls-after-time-out',
      'gre-window-never-shrinks',
      'gre-window-never-grows',
      'gre-time-out-never-grows',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const values = { packetRecvWindowSize: WINDOW, packetProcessingDelay: DELAY }
    const { tunnel } = await establishedCall(t, values)
    let size = (await fillWindow(t, tunnel, WINDOW, 24, t.timers.tunnel, BETWEEN)).length
    const moments: number[] = []
    for (let count = 0; count < TIME_OUTS; count++) {
      const patience = Math.max(t.timers.tunnel, LONGER * lastOf(moments))
      const { moment, packets } = await afterTimeOut(t, tunnel, patience)
      moments.push(moment)
      const more = `at least one packet within ${Math.round(patience)} ms of those before, though none was acknowledged`
      t.check(['4.2.3/resumes', '4.4/time-out-used', '4.2.2/minimum'], packets, atLeast(1, more))
      if (packets.value === 0) return
      t.check(['4.2.2/halves', '4.4.2/window-shrinks'], packets, atMostHalfOf(size))
      size = packets.value
    }
    const lengths = timeOuts(moments)
    if (!mayBeLongest(lengths.value))
      t.check(['4.4/backs-off', '4.4.2/time-out-grows', '4.4.2/strategy'], lengths, GROWING)
    tunnel.acknowledge()
    const due = Math.min(WINDOW, size + 1)
    const recovered = packetsIn(await releasedTo(tunnel, due, t.timers.tunnel, BETWEEN))
    const one = equalTo(due, `${due} packets after the acknowledgment of the last ${size}`)
    t.check('4.2.3/recovers-by-one', recovered, one)
  },
)

/** A time-out doubles each time, and may be awaited so many times as long as the one before. */
const LONGER = 3

/** ms that the last time-out took; 0 where fewer than two were seen. */
function lastOf(moments: readonly number[]): number {
  const [before, last] = moments.slice(-2)
  return before === undefined || last === undefined ? 0 : last - before
}

/** ms from which on time-outs of one length may be the longest that the IUT allows (4.4.1). */
const LONGEST = 1_000

function mayBeLongest(lengths: readonly number[]): boolean {
  return lengths.every((length) => length >= LONGEST && Math.abs(length - (lengths[0] ?? 0)) <= PAUSE)
}

/** The packets that a time-out releases, and when the first of them came. */
async function afterTimeOut(
  t: Pick<Tester<string>, 'clock'>,
  tunnel: TunnelEnd,
  patience: number,
): Promise<{ readonly moment: number; readonly packets: Evidence<number> }> {
  const first = await tunnel.nextData(patience)
  const moment = t.clock.now()
  return {
    moment,
    packets: packetsIn(first === undefined ? [] : [first, ...(await flight(tunnel, BETWEEN, BETWEEN))]),
  }
}

/**
 * A time-out halves the window once or, with each packet that times out, several times: at
 * most half of the window is left, and at least one packet.
 */
function atMostHalfOf(size: number) {
  const half = Math.ceil(size / 2)
  return atMost(half, `at most ${half} packets after a time-out of ${size}`)
}

/** Lengths of time-outs in a row, in ms, from the moments at which packets came. */
function timeOuts(moments: readonly number[]): Evidence<readonly number[]> {
  const lengths = moments.slice(1).map((moment, at) => Math.round(moment - (moments[at] ?? 0)))
  return evidence(lengths, `time-outs of ${lengths.join(', ')} ms`)
}

/** Only a warning: the first time-out may be the longest that the IUT allows. */
const GROWING = advised(
  is<readonly number[]>(
    `the last of ${TIME_OUTS - 1} time-outs in a row at least ${GROWTH} times as long as the first`,
    (lengths) => (lengths.at(-1) ?? 0) >= GROWTH * (lengths[0] ?? 0),
  ),
)
