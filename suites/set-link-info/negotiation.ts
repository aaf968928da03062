import {
  arrivalOf,
  PacketCode,
  present,
  type ReceivedGre,
  scenario,
  type Tester,
  type TunnelEnd,
} from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { isAnswer, lcpFrame, lcpIn, lcpOf } from '../steps/lcp.ts'

/** A character that a map of all ones has escaped. */
const IDENTIFIER = 0x11

export default scenario(
  {
    id: 'set-link-info/negotiation',
    purpose:
      'After Set-Link-Info PPP goes on negotiating, and nothing is escaped in the tunnel, whatever the maps.',
    decides: ['2.15/negotiation-goes-on', '2.15/accm-outside-tunnel'],
    provenBy: ['set-link-info-clears-call', 'set-link-info-escapes', 'gre-hdlc-framing', 'lcp-no-reply'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    vary: { accm: { none: 0, all: 0xffffffff } },
  },
  async (t) => {
    const { accm } = t.vary
    const { control, tunnel } = await speakingCall(t)
    control.send('Set-Link-Info', { peersCallId: tunnel.peersCallId, sendAccm: accm, receiveAccm: accm })
    // It has been read when this comes back.
    await control.isAlive()
    tunnel.send(lcpFrame(PacketCode.configureRequest, IDENTIFIER))
    const came = await upToAnswer(t, tunnel)
    const plain = present('LCP, for nothing else is open yet, without escapes')
    for (const received of came) t.check('2.15/accm-outside-tunnel', lcpIn(received), plain)
    const words = 'answer to our Configure-Request'
    const answer = arrivalOf(came.find(isOurAnswer), `an ${words}`, `no ${words}`)
    t.check('2.15/negotiation-goes-on', answer, present('our Configure-Request is answered'))
  },
)

function isOurAnswer(received: ReceivedGre): boolean {
  const packet = lcpOf(received)
  return isAnswer(packet) && packet.identifier === IDENTIFIER
}

/** What comes until our request is answered, or something that is no LCP packet. */
async function upToAnswer(
  t: Pick<Tester<string>, 'clock' | 'timers'>,
  tunnel: TunnelEnd,
): Promise<readonly ReceivedGre[]> {
  const deadline = t.clock.now() + t.timers.tunnel
  const came: ReceivedGre[] = []
  for (;;) {
    const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
    if (received === undefined) return came
    came.push(received)
    if (lcpOf(received) === undefined || isOurAnswer(received)) return came
  }
}
