import { PacketCode, scenario } from '../kit.ts'
import { lcpFrame, lcpOf } from '../steps/lcp.ts'

export default scenario(
  {
    id: 'tunnel/link-opens',
    purpose: 'Both ends of the PPP link ask and are answered, so that it opens.',
    decides: ['1.1/ordinary-ppp', '4.1/first-sequence-number-taken', '5/tunnel-unprotected'],
    provenBy: ['lcp-no-request', 'lcp-no-reply', 'lcp-wrong-identifier'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    let received = await tunnel.nextData(t.timers.tunnel)
    // Where it did not speak first it may have waited for this.
    tunnel.send(lcpFrame(PacketCode.configureRequest, 25))
    const deadline = t.clock.now() + t.timers.tunnel
    let asked = false
    let answered = false
    let entry: number | undefined
    for (;;) {
      const packet = received === undefined ? undefined : lcpOf(received)
      if (packet?.code === PacketCode.configureRequest) {
        asked = true
        tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
      } else if (packet?.code === PacketCode.configureAck && packet.identifier === 25) answered = true
      entry = received?.entry ?? entry
      if (asked && answered) break
      received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
    }
    t.decide(['4.1/first-sequence-number-taken', '5/tunnel-unprotected'], {
      ok: answered,
      expected: 'a Configure-Ack to our first packet, which had Sequence Number 0',
      seen: `${answered ? 'a' : 'no'} Configure-Ack to it`,
      entry,
    })
    t.decide('1.1/ordinary-ppp', {
      ok: asked && answered,
      expected: 'a Configure-Request, and a Configure-Ack to ours',
      seen: `${asked ? 'a' : 'no'} Configure-Request, ${answered ? 'a' : 'no'} Configure-Ack to ours`,
      entry,
    })
  },
)
