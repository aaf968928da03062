import { encodeOptions, PacketCode, sameOctets, scenario } from '../kit.ts'
import { firstData, lcpFrame, lcpOf, WAKING } from '../steps/lcp.ts'

const MRU_1400 = encodeOptions([{ type: 1, data: Uint8Array.of(0x05, 0x78) }])

export default scenario(
  {
    id: 'tunnel/lcp',
    purpose: 'LCP comes up through the tunnel, with consecutive sequence numbers and honest acknowledgments.',
    decides: [
      '4/carries-ppp',
      '1.1/ordinary-ppp',
      '2.8/call-id',
      '2.8/result-connected',
      '4.1/consecutive',
      '4.1/acknowledges-received',
    ],
    provenBy: [
      'lcp-no-reply',
      'lcp-wrong-identifier',
      'gre-sequence-skips',
      'gre-sequence-repeats',
      'gre-acknowledges-unsent',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const first = await firstData(t, tunnel)
    const request = lcpOf(first)
    let expected = ((first.packet.sequenceNumber ?? 0) + 1) >>> 0
    // Ours before the answer to its: one that had to be woken would find its link open otherwise,
    // and go on from there.
    let sent = tunnel.send(lcpFrame(PacketCode.configureRequest, 17, MRU_1400))
    if (request?.code === PacketCode.configureRequest)
      sent = tunnel.send(lcpFrame(PacketCode.configureAck, request.identifier, request.data))
    const deadline = t.clock.now() + t.timers.tunnel
    let answer: ReturnType<typeof lcpOf>
    let answered = first.entry
    while (answer === undefined) {
      const received = await tunnel.next(Math.max(0, deadline - t.clock.now()))
      if (received === undefined) break
      const { sequenceNumber, acknowledgmentNumber } = received.packet
      if (sequenceNumber !== undefined) {
        t.decide('4.1/consecutive', {
          ok: sequenceNumber === expected,
          expected: `Sequence Number ${expected}`,
          seen: `Sequence Number ${sequenceNumber}`,
          entry: received.entry,
        })
        expected = (sequenceNumber + 1) >>> 0
      }
      if (acknowledgmentNumber !== undefined)
        t.decide('4.1/acknowledges-received', {
          ok: acknowledgmentNumber <= (sent.sequenceNumber ?? 0),
          expected: `an Acknowledgment Number of at most ${sent.sequenceNumber}, the last that we sent`,
          seen: `Acknowledgment Number ${acknowledgmentNumber}`,
          entry: received.entry,
        })
      const packet = lcpOf(received)
      if (packet?.code === PacketCode.configureAck && packet.identifier !== WAKING) {
        answer = packet
        answered = received.entry
      } else if (packet?.code === PacketCode.configureRequest)
        sent = tunnel.send(lcpFrame(PacketCode.configureAck, packet.identifier, packet.data))
    }
    t.decide(['4/carries-ppp', '1.1/ordinary-ppp', '2.8/call-id', '2.8/result-connected'], {
      ok: answer !== undefined && answer.identifier === 17 && sameOctets(answer.data, MRU_1400),
      expected: 'Configure-Ack with our identifier and options',
      seen: answer === undefined ? 'no Configure-Ack' : `Configure-Ack with identifier ${answer.identifier}`,
      entry: answered,
    })
  },
)
