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

/** Identifier of our Configure-Request: XON, a character that an ACCM of all ones would escape. */
const IDENTIFIER = 0x11

export default scenario(
  {
    id: 'set-link-info/negotiation',
    purpose:
      'After Set-Link-Info PPP negotiation goes on, and nothing in the tunnel is escaped, whatever the ACCMs.',
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
    // After the Echo-Reply, Set-Link-Info has been read.
    await control.isAlive()
    tunnel.send(lcpFrame(PacketCode.configureRequest, IDENTIFIER))
    const came = await upToAnswer(t, tunnel)
    const plain = present('an LCP packet without escaped octets: no other protocol is open yet')
    for (const received of came) t.check('2.15/accm-outside-tunnel', lcpIn(received), plain)
    const words = 'answer to our Configure-Request'
    const answer = arrivalOf(came.find(isOurAnswer), `an ${words}`, `no ${words}`)
    t.check('2.15/negotiation-goes-on', answer, present('an answer to our Configure-Request'))
  },
)

function isOurAnswer(received: ReceivedGre): boolean {
  const packet = lcpOf(received)
  return isAnswer(packet) && packet.identifier === IDENTIFIER
}

/** Collects what comes, up to the answer to our request or a packet that is not LCP. */
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
