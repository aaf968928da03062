import { Inconclusive, scenario } from '../kit.ts'
import { firstData } from '../steps/lcp.ts'
import { flight, PAUSE, request, WITHOUT_ACKNOWLEDGMENT } from '../steps/tunnel-watch.ts'

const REQUESTS = 6
/** The share of the announced delay that has to pass, at least: clocks differ. */
const SHARE = 0.9

export default scenario(
  {
    id: 'tunnel/first-time-out',
    purpose:
      'Who waits for an acknowledgment waits at first for as long as its receiver said that it takes to process its data.',
    decides: ['4.4/delay-seeds', '4.4/delay-units'],
    provenBy: ['gre-ignores-peers-delay'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    // In tenths of a second.
    vary: { delay: { 'one-second': 10, 'three-seconds': 30 } },
  },
  async (t) => {
    const packetProcessingDelay = t.vary.delay
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, { packetRecvWindowSize: 1, packetProcessingDelay })
    const first = await firstData(t, tunnel)
    const since = t.clock.now()
    for (let count = 0; count < REQUESTS; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
    const next = await tunnel.nextData(t.timers.tunnel)
    const elapsed = t.clock.now() - since
    // A time-out lets one packet go.
    const together = next === undefined ? 0 : 1 + (await flight(tunnel, PAUSE)).length
    if (together > 1)
      throw new Inconclusive(
        `${together} packets came together, where our window is 1: nothing shows of a transmit window`,
      )
    const expected = packetProcessingDelay * 100
    t.decide(['4.4/delay-seeds', '4.4/delay-units'], {
      ok: elapsed >= SHARE * expected,
      expected: `no packet for ${expected} ms, our Packet Processing Delay, while the first is not acknowledged`,
      seen: next === undefined ? `none for ${Math.round(elapsed)} ms` : `one after ${Math.round(elapsed)} ms`,
      entry: next?.entry ?? first.entry,
      // How the time-out works is up to the vendor.
      otherwise: 'warn',
    })
  },
)
