import { scenario } from '../kit.ts'
import { fillWindow, flight, request } from '../steps/tunnel-watch.ts'

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
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, {
      packetRecvWindowSize: window,
      packetProcessingDelay: DELAY,
    })
    let size = (await fillWindow(t, tunnel, window, 30, AT_ONCE, AT_ONCE)).length
    for (let count = 0; count <= window; count++) {
      if (after > 0) await t.clock.sleep(after)
      if (heeded === '4.2/separate-heeded') tunnel.acknowledge()
      else tunnel.send(request(200 + count))
      const packets = await flight(tunnel, AT_ONCE, TOGETHER)
      const entry = packets.at(-1)?.entry
      t.decide(heeded, {
        ok: packets.length > 0,
        expected: `more packets within ${AT_ONCE} ms of the acknowledgment of all those before`,
        seen: packets.length > 0 ? 'just that' : 'none',
        entry,
      })
      if (packets.length === 0) return
      t.decide(['4.2.5/acknowledges-lower', '4.3/early-grants-credit'], {
        ok: packets.length >= size,
        expected: `${size} packets or more, once the last of ${size} was acknowledged`,
        seen: `${packets.length} packets`,
        entry,
      })
      const larger = Math.min(window, size + 1)
      t.decide(['4.2.1/grows-by-one', '4.2.3/opens-by-one'], {
        ok: packets.length === larger,
        expected: `${larger} packets after ${size} were acknowledged, our window being ${window}`,
        seen: `${packets.length} packets`,
        entry,
      })
      size = packets.length
      if (size >= window) break
    }
    t.decide('4.2.3/opens-to-maximum', {
      ok: size === window,
      expected: `${window} packets in the end, as many as we announced`,
      seen: `${size} packets`,
    })
  },
)
