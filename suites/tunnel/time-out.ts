import { scenario } from '../kit.ts'
import { fillWindow, flight, PAUSE } from '../steps/tunnel-watch.ts'

const WINDOW = 10
/**
 * Packet Processing Delay that we announce, in tenths of a second: the first time-out is seen as
 * well as those that grew out of it.
 */
const DELAY = 5
const TIME_OUTS = 4
/**
 * By which factor the last time-out is longer than the first seen, at least: the suggested one
 * doubles it each time.
 */
const GROWTH = 1.25

export default scenario(
  {
    id: 'tunnel/time-out',
    purpose:
      'Where acknowledgments are lost, a time-out lets sending go on, with half the window and never none; each time-out takes longer than the one before, and recovery goes packet by packet.',
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
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, {
      packetRecvWindowSize: WINDOW,
      packetProcessingDelay: DELAY,
    })
    let size = (await fillWindow(t, tunnel, WINDOW, 24)).length
    // Each time-out halves the window once or, packet by packet, several times: half is the
    // most, one the least.
    const moments: number[] = []
    for (let count = 0; count < TIME_OUTS; count++) {
      const first = await tunnel.nextData(t.timers.tunnel)
      moments.push(t.clock.now())
      const packets = first === undefined ? [] : [first, ...(await flight(tunnel, PAUSE))]
      const entry = packets.at(-1)?.entry
      t.decide(['4.2.3/resumes', '4.4/time-out-used', '4.2.2/minimum'], {
        ok: packets.length > 0,
        expected: `more packets within ${t.timers.tunnel} ms, though none was acknowledged`,
        seen: packets.length > 0 ? `${packets.length} packets` : 'none',
        entry,
      })
      if (packets.length === 0) return
      const half = Math.ceil(size / 2)
      t.decide(['4.2.2/halves', '4.4.2/window-shrinks'], {
        ok: packets.length <= half,
        expected: `at most ${half} packets after ${size} timed out`,
        seen: `${packets.length} packets`,
        entry,
      })
      size = packets.length
    }
    const lengths = moments.slice(1).map((moment, at) => Math.round(moment - (moments[at] ?? 0)))
    const [shortest = 0] = lengths
    const longest = lengths.at(-1) ?? 0
    t.decide(['4.4/backs-off', '4.4.2/time-out-grows', '4.4.2/strategy'], {
      ok: longest >= GROWTH * shortest,
      expected: `the last of ${lengths.length} time-outs in a row at least ${GROWTH} times as long as the first`,
      seen: `time-outs of ${lengths.join(', ')} ms`,
      // It may have begun with the longest that it allows.
      otherwise: 'warn',
    })
    tunnel.acknowledge()
    const recovered = (await flight(tunnel, t.timers.tunnel)).length
    t.decide('4.2.3/recovers-by-one', {
      ok: recovered === Math.min(WINDOW, size + 1),
      expected: `${Math.min(WINDOW, size + 1)} packets once the last ${size} were acknowledged`,
      seen: `${recovered} packets`,
    })
  },
)
