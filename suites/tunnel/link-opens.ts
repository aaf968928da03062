import { evidence, holds, is, PacketCode, scenario, type Tester, type TunnelEnd } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { lcpFrame, lcpOf } from '../steps/lcp.ts'

/** Identifier of our Configure-Request. */
const IDENTIFIER = 25

export default scenario(
  {
    id: 'tunnel/link-opens',
    purpose:
      'Both ends of the PPP link send a Configure-Request and get a Configure-Ack, so that the link opens.',
    decides: ['1.1/ordinary-ppp', '4.1/first-sequence-number-taken', '5/tunnel-unprotected'],
    provenBy: ['lcp-no-request', 'lcp-no-reply', 'lcp-wrong-identifier'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { tunnel } = await establishedCall(t)
    const { asked, answered, entry } = await negotiate(t, tunnel)
    const answer = `${answered ? 'a' : 'no'} Configure-Ack to our Configure-Request`
    t.check(
      ['4.1/first-sequence-number-taken', '5/tunnel-unprotected'],
      evidence(answered, answer, entry),
      holds('a Configure-Ack to our Configure-Request, which had Sequence Number 0'),
    )
    t.check(
      '1.1/ordinary-ppp',
      evidence({ asked, answered }, `${asked ? 'a' : 'no'} Configure-Request, ${answer}`, entry),
      is(
        'a Configure-Request, and a Configure-Ack to our Configure-Request',
        (both) => both.asked && both.answered,
      ),
    )
  },
)

/** Whether the peer sent a Configure-Request, and whether it acknowledged ours. */
interface Negotiated {
  readonly asked: boolean
  readonly answered: boolean
  /** Trace entry of the packet that came last. */
  readonly entry: number | undefined
}

/** Sends a Configure-Request and acknowledges the peer's, until both are acknowledged. */
async function negotiate(
  t: Pick<Tester<string>, 'clock' | 'timers'>,
  tunnel: TunnelEnd,
): Promise<Negotiated> {
  let received = await tunnel.nextData(t.timers.tunnel)
  // A peer that did not send first may have waited for this packet.
  tunnel.send(lcpFrame(PacketCode.configureRequest, IDENTIFIER))
  const deadline = t.clock.now() + t.timers.tunnel
  let asked = false
  let answered = false
  let entry: number | undefined
  for (;;) {
    const packet = received === undefined ? undefined : lcpOf(received)
    if (packet?.code === PacketCode.configureRequest) {
      asked = true
      tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
    } else if (packet?.code === PacketCode.configureAck && packet.identifier === IDENTIFIER) answered = true
    entry = received?.entry ?? entry
    if (asked && answered) return { asked, answered, entry }
    received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) return { asked, answered, entry }
  }
}
