import { scenario } from '../kit.ts'
import { echo, largestFrame, openLcp } from '../steps/lcp.ts'

/**
 * What goes round a PPP packet on Ethernet: IP header and enhanced GRE header with both numbers.
 */
const HEADERS = 20 + 16
const ETHERNET_MTU = 1500

export default scenario(
  {
    id: 'tunnel/large',
    purpose:
      'A PPP packet as large as the peer asked for in LCP, of up to 1532 octets, is taken from the tunnel and answered, also where IP has to fragment it.',
    decides: ['1.4/mtu-received'],
    provenBy: ['gre-drops-large', 'lcp-no-echo-reply'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      size: {
        'fills-ethernet': ETHERNET_MTU - HEADERS,
        'one-octet-more': ETHERNET_MTU - HEADERS + 1,
        'as-asked-for': Number.POSITIVE_INFINITY,
      },
    },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const { mru } = await openLcp(t, tunnel)
    const size = Math.min(largestFrame(mru), t.vary.size)
    const answer = await echo(t, tunnel, size)
    t.decide('1.4/mtu-received', {
      ok: answer !== undefined,
      expected: `LCP Echo-Reply to an Echo-Request in a PPP packet of ${size} octets`,
      seen:
        answer === undefined ? 'no such answer' : `LCP Echo-Reply, ${answer.packet.payload.length} octets`,
      entry: answer?.entry,
    })
  },
)
