import { scenario } from '../kit.ts'
import { spokenTo } from '../steps/lcp.ts'
import { request, WITHOUT_ACKNOWLEDGMENT } from '../steps/tunnel-watch.ts'

/**
 * Packet Processing Delay that we announce, in tenths of a second. Time-outs are computed from it,
 * so that packets sent within half of it are none of those that are already taken for lost.
 */
const DELAY = 10
const PRESUMED_LOST = (DELAY * 100) / 2

export default scenario(
  {
    id: 'tunnel/transmit-window',
    purpose: 'Whoever has much to send stops at the window, and begins with half of it.',
    decides: [
      '4.2.1/initial-window-minimum',
      '4.2.1/initial-window',
      '4.2.1/stops-at-window',
      '4.2.1/maximum-window',
      '1.3.2/parameters-from-call',
    ],
    provenBy: ['gre-window-ignored', 'gre-window-full-at-start'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-45', 'A-60'],
    vary: { window: { one: 1, two: 2, four: 4 } },
  },
  async (t) => {
    const { window } = t.vary
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, {
      packetRecvWindowSize: window,
      packetProcessingDelay: DELAY,
    })
    const first = await spokenTo(t, tunnel)
    t.decide('4.2.1/initial-window-minimum', {
      ok: first !== undefined,
      expected: `a first packet, where our window is ${window}`,
      seen: first === undefined ? 'none' : 'a first packet',
      entry: first?.entry,
    })
    if (first === undefined) return
    const since = t.clock.now()
    for (let count = 0; count < window + 8; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
    let awaiting = 1
    let entry = first.entry
    let seen = describe(awaiting)
    for (;;) {
      const received = await tunnel.nextData(Math.max(0, since + PRESUMED_LOST - t.clock.now()))
      if (received === undefined) break
      awaiting++
      seen = describe(awaiting)
      if (awaiting <= window + 1) entry = received.entry
    }
    t.decide(['4.2.1/maximum-window', '1.3.2/parameters-from-call'], {
      ok: awaiting <= window,
      expected: `at most ${window} packets awaiting acknowledgment`,
      seen,
      entry,
    })
    const half = Math.ceil(window / 2)
    t.decide(['4.2.1/initial-window', '4.2.1/stops-at-window'], {
      ok: awaiting <= half,
      expected: `at most ${half} packets before anything was acknowledged`,
      seen,
      entry,
      // From half the window to the whole of it is only not recommended.
      ...(awaiting <= window ? { otherwise: 'warn' as const } : {}),
    })
  },
)

function describe(packets: number): string {
  return `${packets} packets within ${PRESUMED_LOST} ms, and no acknowledgment`
}
