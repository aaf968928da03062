import { PacketCode, type ReceivedGre, scenario, toHex } from '../kit.ts'
import { firstData, isAnswer, lcpFrame, lcpOf } from '../steps/lcp.ts'

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
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    const { accm } = t.vary
    control.send('Set-Link-Info', { peersCallId: tunnel.peersCallId, sendAccm: accm, receiveAccm: accm })
    // It has been read when this comes back.
    await control.isAlive()
    tunnel.send(lcpFrame(PacketCode.configureRequest, IDENTIFIER))

    const deadline = t.clock.now() + t.timers.tunnel
    let answer: ReceivedGre | undefined
    let plain = true
    while (plain && answer === undefined) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
      const packet = lcpOf(received)
      plain = packet !== undefined
      t.decide('2.15/accm-outside-tunnel', {
        ok: plain,
        expected: 'LCP, for nothing else is open yet, without escapes',
        seen: plain ? 'LCP' : `octets that are no LCP packet: ${toHex(received.packet.payload.slice(0, 16))}`,
        entry: received.entry,
      })
      if (packet !== undefined && isAnswer(packet) && packet.identifier === IDENTIFIER) answer = received
    }
    t.decide('2.15/negotiation-goes-on', {
      ok: answer !== undefined,
      expected: 'our Configure-Request is answered',
      seen: answer === undefined ? 'no answer' : 'an answer',
      entry: answer?.entry,
    })
  },
)
