import { atLeast, countOf, equalTo, scenario } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { fillWindow, flight, packetsIn, request } from '../steps/tunnel-watch.ts'

/**
 * Packet Processing Delay that we announce, in tenths of a second: a time-out that is computed from
 * it is far away.
 */
const DELAY = 30
/** ms in which an acknowledgment lets more packets come; well before that time-out. */
const AT_ONCE = (DELAY * 100) / 2
/** ms between packets that one acknowledgment lets out. */
const TOGETHER = AT_ONCE / 2
/** ms that an acknowledgment may well take. */
const LATE = 300

export default scenario(
  {
    id: 'tunnel/window-opens',
    purpose:
      'One acknowledgment, alone or on data, at once or late, opens the window again, each time by one packet more, as far as was announced.',
    decides: [
      '4.2/separate-heeded',
      '4.2/piggybacked-heeded',
      '4.2.1/grows-by-one',
      '4.2.3/opens-by-one',
      '4.2.3/opens-to-maximum',
      '4.2.5/acknowledges-lower',
      '4.3/early-grants-credit',
    ],
    provenBy: [
      'gre-ignores-separate-acknowledgment',
      'gre-ignores-piggybacked-acknowledgment',
      'gre-window-never-grows',
      'gre-acknowledgment-covers-one',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      acknowledgment: {
        alone: { heeded: '4.2/separate-heeded', after: 0 },
        late: { heeded: '4.2/separate-heeded', after: LATE },
        'on-data': { heeded: '4.2/piggybacked-heeded', after: 0 },
      },
      window: { eight: 8, one: 1 },
    } as const,
  },
  async (t) => {
    const { window } = t.vary
    const { heeded, after } = t.vary.acknowledgment
    const values = { packetRecvWindowSize: window, packetProcessingDelay: DELAY }
    const { tunnel } = await establishedCall(t, values)
    let size = (await fillWindow(t, tunnel, window, 30, AT_ONCE, AT_ONCE)).length
    for (let count = 0; count <= window; count++) {
      if (after > 0) await t.clock.sleep(after)
      if (heeded === '4.2/separate-heeded') tunnel.acknowledge()
      else tunnel.send(request(200 + count))
      const packets = packetsIn(await flight(tunnel, AT_ONCE, TOGETHER))
      t.check(heeded, packets, MORE)
      if (packets.value === 0) return
      t.check(['4.2.5/acknowledges-lower', '4.3/early-grants-credit'], packets, noFewerThan(size))
      t.check(['4.2.1/grows-by-one', '4.2.3/opens-by-one'], packets, oneMoreThan(size, window))
      size = packets.value
      if (size >= window) break
    }
    const all = equalTo(window, `${window} packets in the end, as many as we announced`)
    t.check('4.2.3/opens-to-maximum', countOf(size, 'packets'), all)
  },
)

const MORE = atLeast(1, `more packets within ${AT_ONCE} ms of the acknowledgment of all those before`)

function noFewerThan(size: number) {
  return atLeast(size, `${size} packets or more, once the last of ${size} was acknowledged`)
}

function oneMoreThan(size: number, window: number) {
  const larger = Math.min(window, size + 1)
  return equalTo(larger, `${larger} packets after ${size} were acknowledged, our window being ${window}`)
}
