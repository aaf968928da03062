import { equalTo, evidence, scenario } from '../kit.ts'
import { openLink } from '../steps/established-call.ts'
import { burst } from '../steps/lcp.ts'

/**
 * Packets that are sent in a row at most. The PPP peer behind a tunnel has queues of its own: the
 * PPP driver of Linux keeps 32 control packets for its daemon and drops older ones, whatever the
 * window of the tunnel is.
 */
const MOST = 16
/**
 * Our own window, which is not tested here: it has room for every answer and for what the PPP peer
 * sends besides, even while the window is half open.
 */
const OURS = 4 * MOST

export default scenario(
  {
    id: 'tunnel/window',
    purpose:
      'An implementation takes as many packets in a row as the Packet Recv. Window Size that it announced.',
    decides: ['2.7/window-buffered', '2.8/window-buffered'],
    provenBy: ['gre-buffers-one-packet'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { announcedBy, tunnel } = await openLink(t, { packetRecvWindowSize: OURS })
    const count = Math.min(MOST, Math.max(1, tunnel.peersWindow))
    const answered = await burst(t, tunnel, count)
    const seen = `${answered} of ${count} LCP Echo-Requests answered`
    const expected = `${count} of ${count} LCP Echo-Requests answered, sent in a row into a window of ${tunnel.peersWindow}`
    t.check(
      ['2.7/window-buffered', '2.8/window-buffered'],
      evidence(answered, seen, announcedBy),
      equalTo(count, expected),
    )
  },
)
