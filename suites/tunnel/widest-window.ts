import { scenario } from '../kit.ts'
import { spokenTo } from '../steps/lcp.ts'
import { answersIn, request, WITHOUT_ACKNOWLEDGMENT } from '../steps/tunnel-watch.ts'

const REQUESTS = 24

export default scenario(
  {
    id: 'tunnel/widest-window',
    purpose: 'A window of more packets than will ever be under way is a window like any other.',
    decides: ['4.2.1/initial-window-minimum', '4/carries-ppp'],
    provenBy: ['gre-window-signed', 'lcp-no-reply'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { window: { '32768': 32_768, '65535': 65_535 } },
  },
  async (t) => {
    const { window } = t.vary
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control, { packetRecvWindowSize: window })
    const first = await spokenTo(t, tunnel)
    t.decide('4.2.1/initial-window-minimum', {
      ok: first !== undefined,
      expected: `a first packet, where our window is ${window}`,
      seen: first === undefined ? 'none' : 'a first packet',
      entry: first?.entry,
    })
    if (first === undefined) return
    for (let count = 0; count < REQUESTS; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
    const deadline = t.clock.now() + t.timers.tunnel
    const answered = new Set<number>()
    let entry = first.entry
    while (answered.size < REQUESTS) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
      entry = received.entry
      tunnel.acknowledge()
      for (const { identifier } of answersIn(received)) answered.add(identifier)
    }
    t.decide('4/carries-ppp', {
      ok: answered.size === REQUESTS,
      expected: `answers to all of ${REQUESTS} Configure-Requests`,
      seen: `${answered.size} of them`,
      entry,
    })
  },
)
