import { present, scenario } from '../kit.ts'
import { openLink } from '../steps/established-call.ts'
import { echo, echoReplyOf, largestFrame } from '../steps/lcp.ts'

/**
 * Octets around a PPP packet on Ethernet: IP header, and enhanced GRE header with both numbers.
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
    const { tunnel, mru } = await openLink(t)
    const size = Math.min(largestFrame(mru), t.vary.size)
    const answer = await echo(t, tunnel, size)
    const expected = `LCP Echo-Reply to an Echo-Request in a PPP packet of ${size} octets`
    t.check('1.4/mtu-received', echoReplyOf(answer), present(expected))
  },
)
