import { scenario } from '../catalogue.ts'
import { fillWindow, flight } from '../tunnel-watch.ts'

const WINDOW = 10

export default scenario(
  {
    id: 'tunnel/time-out',
    purpose:
      'Where acknowledgments are lost, a time-out lets sending go on, with half the window and never none; it recovers packet by packet.',
    decides: [
      '4.2.2/halves',
      '4.2.2/minimum',
      '4.2.3/resumes',
      '4.2.3/recovers-by-one',
      '4.4/time-out-used',
      '4.4.2/window-shrinks',
    ],
    provenBy: ['gre-stalls-after-time-out', 'gre-window-never-shrinks', 'gre-window-never-grows'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, { packetRecvWindowSize: WINDOW, packetProcessingDelay: 0 })
    let size = (await fillWindow(t, tunnel, WINDOW, 24)).length
    // Each time-out halves the window once or, packet by packet, several times: half is the most, one the least.
    for (let count = 0; count < 4; count++) {
      const packets = await flight(tunnel, t.timers.tunnel)
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
    tunnel.acknowledge()
    const recovered = (await flight(tunnel, t.timers.tunnel)).length
    t.decide('4.2.3/recovers-by-one', {
      ok: recovered === Math.min(WINDOW, size + 1),
      expected: `${Math.min(WINDOW, size + 1)} packets once the last ${size} were acknowledged`,
      seen: `${recovered} packets`,
    })
  },
)
