import { atLeast, countOf, equalTo, scenario } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { fillWindow, packetsIn, releasedTo, request } from '../steps/tunnel-watch.ts'

/**
 * Packet Processing Delay that we announce, in tenths of a second: time-outs computed from it are
 * longer than anything that is awaited here.
 */
const DELAY = 30
/** ms within which an acknowledgment releases more packets; well before that time-out. */
const AT_ONCE = (DELAY * 100) / 2
/** ms that may lie between packets that one acknowledgment releases. */
const TOGETHER = AT_ONCE / 2
/** ms after which a late acknowledgment is sent. */
const LATE = 300

export default scenario(
  {
    id: 'tunnel/window-opens',
    purpose:
      'Each acknowledgment, alone or on data, at once or late, opens the window again, by one packet more than before, up to the announced size.',
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
      const packets = packetsIn(await releasedTo(tunnel, Math.min(window, size + 1), AT_ONCE, TOGETHER))
      t.check(heeded, packets, MORE)
      if (packets.value === 0) return
      t.check(['4.2.5/acknowledges-lower', '4.3/early-grants-credit'], packets, noFewerThan(size))
      t.check(['4.2.1/grows-by-one', '4.2.3/opens-by-one'], packets, oneMoreThan(size, window))
      size = packets.value
      if (size >= window) break
    }
    const all = equalTo(window, `a window of ${window} in the end, as announced`)
    t.check('4.2.3/opens-to-maximum', countOf(size, 'packets'), all)
  },
)

const MORE = atLeast(1, `at least one packet within ${AT_ONCE} ms of the acknowledgment of all those before`)

function noFewerThan(size: number) {
  return atLeast(size, `no fewer than ${size} after the acknowledgment of the last of ${size}`)
}

function oneMoreThan(size: number, window: number) {
  const larger = Math.min(window, size + 1)
  return equalTo(
    larger,
    `exactly ${larger} after the acknowledgment of ${size}, with a window of ${window} announced`,
  )
}
