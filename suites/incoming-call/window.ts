import { equalTo, evidence, scenario } from '../kit.ts'
import { offerCall, sendConnected } from '../steps/incoming.ts'
import { burst, openLcp } from '../steps/lcp.ts'

/**
 * Packets sent in a row at most. Queues behind the tunnel limit them, too: the PPP driver of Linux
 * keeps 32 control packets for its daemon and drops older ones, whatever the window is.
 */
const MOST = 16
/**
 * The window that the tester announces. It has room for every answer and for all else that the PPP
 * peer sends, even if the IUT begins with half of it.
 */
const OURS = 4 * MOST

export default scenario(
  {
    id: 'incoming-call/window',
    purpose: 'The PNS takes as many packets in a row as the Packet Recv. Window Size of its reply says.',
    decides: ['2.10/window-buffered'],
    provenBy: ['gre-buffers-one-packet'],
    iut: 'both',
    needs: { recipient: ['incoming-calls', 'ppp'], originator: ['incoming-calls', 'ppp', 'two-calls'] },
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
    const expected = `${count} of ${count} LCP Echo-Requests answered: the PNS announced a window of ${window}`
    t.check('2.10/window-buffered', evidence(answered, seen, reply.entry), equalTo(count, expected))
  },
)
