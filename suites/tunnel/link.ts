import { evidence, is, type Packet, PacketCode, sameOctets, scenario } from '../kit.ts'
import { openLink } from '../steps/established-call.ts'
import { evenIfEnded, lcpFrame, nextLcp, type ReceivedLcp } from '../steps/lcp.ts'

/** A code that neither RFC 1661 nor any of its extensions gives to an LCP packet. */
const UNKNOWN_CODE = 200
/** Magic-Number 0, since none was agreed on, and four octets that must come back. */
const ECHOED = Uint8Array.of(0, 0, 0, 0, 0x70, 0x70, 0x74, 0x70)
const NOTHING = new Uint8Array(0)

/** Identifier of the packet that is sent. */
const IDENTIFIER = 90
const ORDINARY = ['1.1/ordinary-ppp', '4/carries-ppp'] as const

/** The packet that is sent, the answer that must come back, and the requirements it decides. */
const PACKETS = {
  'echo-request': {
    code: PacketCode.echoRequest,
    data: ECHOED,
    answer: PacketCode.echoReply,
    requirements: ORDINARY,
  },
  'terminate-request': {
    code: PacketCode.terminateRequest,
    data: NOTHING,
    answer: PacketCode.terminateAck,
    requirements: [...ORDINARY, 'rfc1661-5.5/terminate-ack'],
  },
  'unknown-code': {
    code: UNKNOWN_CODE,
    data: NOTHING,
    answer: PacketCode.codeReject,
    requirements: ORDINARY,
  },
} as const

export default scenario(
  {
    id: 'tunnel/link',
    purpose: 'An open PPP link behaves as over any line: each LCP packet that demands an answer gets one.',
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
    const { tunnel } = await openLink(t)
    const { code, data, answer, requirements } = t.vary.packet
    tunnel.send(lcpFrame(code, IDENTIFIER, data))
    const received = await evenIfEnded(() => nextLcp(t, tunnel, (packet) => packet.code === answer))
    const expected = `LCP code ${answer} in answer to our packet with LCP code ${code}, Identifier ${IDENTIFIER}${SAME[answer]}`
    t.check(
      requirements,
      lcpPacket(received, answer),
      is(expected, (packet) => answers(packet, t.vary.packet)),
    )
  },
)

/** Describes what the answer must hold beside its code. */
const SAME = {
  [PacketCode.echoReply]: ', with that Identifier and its last four octets',
  [PacketCode.terminateAck]: ', with that Identifier',
  [PacketCode.codeReject]: ', with a copy of that packet',
} as const

/** Describes the LCP packet that came, or says that none with that code came. */
function lcpPacket(one: ReceivedLcp | undefined, code: number) {
  if (one === undefined) return evidence(undefined, `no LCP packet with code ${code}`)
  const { packet, received } = one
  const seen = `LCP code ${packet.code}, Identifier ${packet.identifier}, ${packet.data.length} octets of data`
  return evidence(packet, seen, received.entry)
}

/** Whether a packet answers ours: by its Identifier or, for a Code-Reject, by its copy of ours. */
function answers(
  packet: Packet | undefined,
  { code, data, answer }: (typeof PACKETS)[keyof typeof PACKETS],
): boolean {
  if (packet === undefined) return false
  if (answer === PacketCode.codeReject) return packet.data[0] === code && packet.data[1] === IDENTIFIER
  const echoed = answer !== PacketCode.echoReply || sameOctets(packet.data.slice(4), data.slice(4))
  return packet.identifier === IDENTIFIER && echoed
}
