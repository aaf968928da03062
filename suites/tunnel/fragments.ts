import { present, scenario } from '../kit.ts'
import { openLink } from '../steps/established-call.ts'
import { echo, echoReplyOf, largestFrame } from '../steps/lcp.ts'

/**
 * Octets of the smallest PPP packet that draws an answer: the PPP header and an LCP packet of 8
 * octets.
 */
const SMALL = 12

export default scenario(
  {
    id: 'tunnel/fragments',
    purpose: 'A packet in IP fragments is taken like any other packet, in whatever order the fragments come.',
    decides: ['1.4/mtu-received'],
    provenBy: ['gre-drops-large', 'lcp-no-echo-reply'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      packet: { small: { frame: SMALL, size: 8 }, large: { frame: undefined, size: 512 } },
      order: ['in-order', 'reversed'],
    },
  },
  async (t) => {
    const { packet, order } = t.vary
    const { tunnel, mru } = await openLink(t)
    const { frame = largestFrame(mru), size } = packet
    const answer = await echo(t, tunnel, frame, { fragments: { size, order } })
    const expected = `LCP Echo-Reply to a PPP packet of ${frame} octets in IP fragments of ${size} octets, ${order}`
    t.check('1.4/mtu-received', echoReplyOf(answer), present(expected))
  },
)
