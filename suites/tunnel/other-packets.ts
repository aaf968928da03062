import { type GrePacket, Inconclusive, PacketCode, type RequirementId, scenario } from '../kit.ts'
import { configureAnswer, firstData, isAnswer, lcpFrame, lcpOf } from '../steps/lcp.ts'

/** How a packet is spoilt, and which requirement is about that. */
interface Spoilt {
  readonly breaks: Exclude<Extract<RequirementId, `4.1/${string}-received`>, '4.1/acknowledges-received'>
  readonly values: Partial<Omit<GrePacket, 'kind'>>
}

export default scenario(
  {
    id: 'tunnel/other-packets',
    purpose: "What is no enhanced GRE packet of this call is not taken as the call's data.",
    decides: [
      '4.1/other-packets-dropped',
      '4.1/c-received',
      '4.1/r-received',
      '4.1/k-received',
      '4.1/version-received',
      '4.1/protocol-type-received',
      '4.1/call-id-received',
    ],
    provenBy: [
      'gre-accepts-version-0',
      'gre-accepts-checksum',
      'gre-accepts-routing',
      'gre-accepts-any-protocol',
      'gre-accepts-missing-key',
      'gre-accepts-other-call-id',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      packet: {
        'version-0': { breaks: '4.1/version-received', values: { version: 0 } },
        'version-2': { breaks: '4.1/version-received', values: { version: 2 } },
        'no-key': { breaks: '4.1/k-received', values: { keyPresent: 0 } },
        'other-protocol': { breaks: '4.1/protocol-type-received', values: { protocolType: 0x880a } },
        'other-call-id': { breaks: '4.1/call-id-received', values: { callId: 0 } },
        checksum: { breaks: '4.1/c-received', values: { checksumPresent: 1 } },
        routing: { breaks: '4.1/r-received', values: { routingPresent: 1 } },
      } as Readonly<Record<string, Spoilt>>,
    },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await firstData(t, tunnel)
    tunnel.send(lcpFrame(PacketCode.configureRequest, 40))
    if ((await configureAnswer(t, tunnel, 40)) === undefined)
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    const { breaks, values: spoilt } = t.vary.packet
    const values = spoilt.callId === undefined ? spoilt : { callId: tunnel.peersCallId ^ 0x2aaa }
    // Both have the same sequence number: who drops the first has not used it up, and who takes it
    // drops the second.
    const { sequenceNumber = 0 } = tunnel.send(lcpFrame(PacketCode.configureRequest, 41), values)
    tunnel.send(lcpFrame(PacketCode.configureRequest, 42), { sequenceNumber })
    const deadline = t.clock.now() + t.timers.tunnel
    for (;;) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      const packet = received === undefined ? undefined : lcpOf(received)
      if (received !== undefined && (packet === undefined || !isAnswer(packet))) continue
      t.decide(['4.1/other-packets-dropped', breaks], {
        ok: packet?.identifier === 42,
        expected: 'an answer to the good packet behind it, none to this one',
        seen:
          packet === undefined ? 'no answer any more' : `an answer to Configure-Request ${packet.identifier}`,
        entry: received?.entry,
      })
      return
    }
  },
)
