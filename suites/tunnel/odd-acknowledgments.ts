import { Inconclusive, scenario } from '../kit.ts'
import { answersIn, fillWindow, request, WITHIN } from '../steps/tunnel-watch.ts'

const REQUESTS = 8
/**
 * Packet Processing Delay that we announce, in tenths of a second: time-outs computed from it help
 * nobody within a second.
 */
const DELAY = 20
/** Identifier of the last request, which is sent when acknowledgments flow. */
const LAST = 120
/** Far ahead of everything that is sent in this call. */
const AHEAD = 1000
/** ms in which a sender sends what its window lets it. */
const AT_ONCE = (DELAY * 100) / 2

export default scenario(
  {
    id: 'tunnel/odd-acknowledgments',
    purpose:
      'An acknowledgment that comes again, late, or of what was never sent does no harm: sending goes on with those after it.',
    decides: ['4.2.5/odd-acknowledgments'],
    provenBy: ['gre-takes-any-acknowledgment', 'gre-ignores-separate-acknowledgment'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      acknowledgment: { again: 'again', late: 'late', 'never-sent': 'ahead' },
      window: { two: 2, wide: 64 },
    } as const,
  },
  async (t) => {
    const { acknowledgment, window } = t.vary
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, {
      packetRecvWindowSize: window,
      packetProcessingDelay: DELAY,
    })
    const packets = await fillWindow(t, tunnel, window, REQUESTS, AT_ONCE, AT_ONCE)
    const lowest = packets[0]?.packet.sequenceNumber
    if (lowest === undefined) throw new Inconclusive('its first packet has no Sequence Number')
    const answered = new Set(packets.flatMap(answersIn).map(({ identifier }) => identifier))
    let entry = packets.at(-1)?.entry

    if (acknowledgment === 'ahead') tunnel.acknowledge((lowest + AHEAD) >>> 0)
    tunnel.acknowledge()
    if (acknowledgment === 'again') tunnel.acknowledge()
    if (acknowledgment === 'late') tunnel.acknowledge(lowest)
    tunnel.send(request(LAST))
    const deadline = t.clock.now() + WITHIN
    while (!answered.has(LAST)) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
      entry = received.entry
      for (const { identifier } of answersIn(received)) answered.add(identifier)
      tunnel.acknowledge()
      if (acknowledgment === 'again') tunnel.acknowledge()
      if (acknowledgment === 'late') tunnel.acknowledge(lowest)
    }
    t.decide('4.2.5/odd-acknowledgments', {
      ok: answered.size === REQUESTS + 1,
      expected: `answers to all of ${REQUESTS + 1} Configure-Requests within ${WITHIN} ms, each of them acknowledged`,
      seen: `${answered.size} of them`,
      entry,
      otherwise: 'warn',
    })
  },
)
