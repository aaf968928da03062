import { PacketCode, sameOctets, scenario } from '../kit.ts'
import { lcpFrame, lcpOf, openLcp } from '../steps/lcp.ts'

/** A code that neither RFC 1661 nor any of its extensions gives to an LCP packet. */
const UNKNOWN_CODE = 200
/** A Magic-Number of 0, for none was agreed on, and four octets to get back. */
const ECHOED = Uint8Array.of(0, 0, 0, 0, 0x70, 0x70, 0x74, 0x70)
const NOTHING = new Uint8Array(0)

/** What is sent, what must come back, and with whose data. */
const PACKETS = {
  'echo-request': { code: PacketCode.echoRequest, data: ECHOED, answer: PacketCode.echoReply },
  'terminate-request': { code: PacketCode.terminateRequest, data: NOTHING, answer: PacketCode.terminateAck },
  'unknown-code': { code: UNKNOWN_CODE, data: NOTHING, answer: PacketCode.codeReject },
} as const

const TERMINATES = ['rfc1661-5.5/terminate-ack'] as const

export default scenario(
  {
    id: 'tunnel/link',
    purpose: 'An open PPP link behaves as over any line: it answers what LCP has answered.',
    decides: ['1.1/ordinary-ppp', '4/carries-ppp', 'rfc1661-5.5/terminate-ack'],
    provenBy: [
      'lcp-no-echo-reply',
      'lcp-echo-wrong-identifier',
      'lcp-no-terminate-ack',
      'lcp-no-code-reject',
    ],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { packet: PACKETS },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await openLcp(t, tunnel)
    const { code, data, answer } = t.vary.packet
    const identifier = 90
    tunnel.send(lcpFrame(code, identifier, data))
    const deadline = t.clock.now() + t.timers.tunnel
    for (;;) {
      const received = await tunnel.nextData(Math.max(0, deadline - t.clock.now()))
      const packet = received === undefined ? undefined : lcpOf(received)
      if (received !== undefined && packet?.code !== answer) continue
      const ok =
        packet !== undefined &&
        (answer === PacketCode.codeReject
          ? packet.data[0] === code && packet.data[1] === identifier
          : packet.identifier === identifier) &&
        (answer !== PacketCode.echoReply || sameOctets(packet.data.slice(4), data.slice(4)))
      t.decide(
        ['1.1/ordinary-ppp', '4/carries-ppp', ...(answer === PacketCode.terminateAck ? TERMINATES : [])],
        {
          ok,
          expected: `LCP code ${answer} in answer to code ${code}, identifier ${identifier}`,
          seen:
            packet === undefined
              ? 'no such answer'
              : `LCP code ${packet.code}, identifier ${packet.identifier}, ${packet.data.length} octets of data`,
          entry: received?.entry,
        },
      )
      return
    }
  },
)
