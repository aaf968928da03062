import {
  atMost,
  type Evidence,
  evidence,
  present,
  type ReceivedGre,
  scenario,
  type Tester,
  type TunnelEnd,
  tolerating,
} from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { spokenTo } from '../steps/lcp.ts'
import { firstPacket, request, WITHOUT_ACKNOWLEDGMENT } from '../steps/tunnel-watch.ts'

/**
 * Packet Processing Delay that we announce, in tenths of a second. Time-outs are computed from it:
 * within half of it, no packet has been taken for lost and made room for another.
 */
const DELAY = 10
const PRESUMED_LOST = (DELAY * 100) / 2

export default scenario(
  {
    id: 'tunnel/transmit-window',
    purpose: 'A sender with much to send begins with half of the window, and stops at the whole of it.',
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
    const values = { packetRecvWindowSize: window, packetProcessingDelay: DELAY }
    const { tunnel } = await establishedCall(t, values)
    const first = await spokenTo(t, tunnel)
    const any = present(`a first packet, with a window of ${window} announced`)
    t.check('4.2.1/initial-window-minimum', firstPacket(first), any)
    if (first === undefined) return
    const awaiting = await unacknowledged(t, tunnel, first, window)
    const most = atMost(window, `at most ${window} packets awaiting acknowledgment`)
    t.check(['4.2.1/maximum-window', '1.3.2/parameters-from-call'], awaiting, most)
    const half = Math.ceil(window / 2)
    const initial = atMost(half, `at most ${half} packets before anything was acknowledged`)
    // More than half of the window, up to the whole of it, only warns.
    const tolerated = tolerating(initial, (packets) => packets !== undefined && packets <= window)
    t.check(['4.2.1/initial-window', '4.2.1/stops-at-window'], awaiting, tolerated)
  },
)

/**
 * Sends more requests than the window lets the peer answer, acknowledges nothing, and counts the
 * packets that come, `first` included. The trace entry is that of the first packet beyond the
 * window or, if there is none, of the last packet.
 */
async function unacknowledged(
  t: Pick<Tester<string>, 'clock'>,
  tunnel: TunnelEnd,
  first: ReceivedGre,
  window: number,
): Promise<Evidence<number>> {
  const since = t.clock.now()
  for (let count = 0; count < window + 8; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
  const packets = [first]
  for (;;) {
    const received = await tunnel.nextData(Math.max(0, since + PRESUMED_LOST - t.clock.now()))
    if (received === undefined) break
    packets.push(received)
  }
  const seen = `${packets.length} packets awaiting acknowledgment, within ${PRESUMED_LOST} ms of our requests`
  return evidence(packets.length, seen, packets[Math.min(window, packets.length - 1)]?.entry)
}
