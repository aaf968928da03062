import { equalTo, evidence, scenario } from '../kit.ts'
import { offerCall, sendConnected } from '../steps/incoming.ts'
import { burst, openLcp } from '../steps/lcp.ts'

/**
 * No more packets than that. What lies behind a tunnel has queues of its own: the PPP driver of
 * Linux keeps 32 control packets for its daemon and drops older ones, whatever the window of the
 * tunnel is.
 */
const MOST = 16
/**
 * Our own window is not tested here: it has room for every answer and for what the PPP peer sends
 * besides, even while half open.
 */
const OURS = 4 * MOST

export default scenario(
  {
    id: 'incoming-call/window',
    purpose: 'The PNS takes as many packets in a row as the Packet Recv. Window Size of its reply says.',
    decides: ['2.10/window-buffered'],
    provenBy: ['gre-buffers-one-packet'],
    iut: 'both',
    needs: ['incoming-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { reply, tunnel } = await offerCall(t, control)
    sendConnected(control, tunnel, { packetRecvWindowSize: OURS })
    await openLcp(t, tunnel)
    const window = reply.message.packetRecvWindowSize
    const count = Math.min(MOST, Math.max(1, window))
    const answered = await burst(t, tunnel, count)
    const seen = `${answered} of ${count} LCP Echo-Requests answered`
    const expected = `${count} LCP Echo-Replies, for the window of the PNS has room for ${window} packets`
    t.check('2.10/window-buffered', evidence(answered, seen, reply.entry), equalTo(count, expected))
  },
)
