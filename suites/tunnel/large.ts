import { PacketCode } from '../../harness/ppp/packet.ts'
import { TUNNEL_MTU } from '../../harness/protocol/gre.ts'
import type { ReceivedGre } from '../../harness/scenario/tunnel.ts'
import { scenario } from '../catalogue.ts'
import { lcpFrame, lcpOf, openLcp } from '../lcp.ts'

/** Address, Control and Protocol of a frame, and Code, Identifier and Length of an LCP packet. */
const FRAME_HEADER = 4
const LCP_HEADER = 4

export default scenario(
  {
    id: 'tunnel/large',
    purpose:
      'A PPP packet as large as the peer asked for in LCP, of up to 1532 octets, is taken from the tunnel and answered.',
    decides: ['1.4/mtu-received'],
    provenBy: ['gre-drops-large', 'lcp-no-echo-reply'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const { mru } = await openLcp(t, tunnel)
    const size = Math.min(TUNNEL_MTU, FRAME_HEADER + mru)
    const identifier = t.unique() & 0xff
    // A Magic-Number of 0, for none was agreed on, and then anything.
    const data = new Uint8Array(size - FRAME_HEADER - LCP_HEADER).fill(0x55, 4)
    tunnel.send(lcpFrame(PacketCode.echoRequest, identifier, data))

    const deadline = t.clock.now() + t.timers.tunnel
    let answer: ReceivedGre | undefined
    for (;;) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
      const packet = lcpOf(received)
      if (packet?.code !== PacketCode.echoReply || packet.identifier !== identifier) continue
      answer = received
      break
    }
    t.decide('1.4/mtu-received', {
      ok: answer !== undefined,
      expected: `LCP Echo-Reply to an Echo-Request in a PPP packet of ${size} octets`,
      seen: answer === undefined ? 'no answer' : `LCP Echo-Reply, ${answer.packet.payload.length} octets`,
      entry: answer?.entry,
    })
  },
)
