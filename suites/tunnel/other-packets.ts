import { equalTo, evidence, type GrePacket, Inconclusive, type RequirementId, scenario } from '../kit.ts'
import { speakingCall } from '../steps/established-call.ts'
import { configureAnswer, isAnswer, nextLcp, type ReceivedLcp } from '../steps/lcp.ts'
import { request } from '../steps/tunnel-watch.ts'

/** Identifiers of Configure-Requests: one to see that the peer answers, a spoilt and a good one. */
const BEFORE = 40
const SPOILT = 41
const GOOD = 42

/** The header values that spoil a packet, and the requirement that they break. */
interface Spoilt {
  readonly breaks: Exclude<Extract<RequirementId, `4.1/${string}-received`>, '4.1/acknowledges-received'>
  readonly values: Partial<Omit<GrePacket, 'kind'>>
}

export default scenario(
  {
    id: 'tunnel/other-packets',
    purpose: "A packet that is no enhanced GRE packet of this call is not taken as the call's data.",
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
    const { tunnel } = await speakingCall(t)
    tunnel.send(request(BEFORE))
    if ((await configureAnswer(t, tunnel, BEFORE)) === undefined)
      throw new Inconclusive('the PPP peer answered no Configure-Request')
    const { breaks, values: spoilt } = t.vary.packet
    const values = spoilt.callId === undefined ? spoilt : { callId: tunnel.peersCallId ^ 0x2aaa }
    // Both have the same sequence number: an IUT that drops the first takes the second, and one
    // that takes the first drops the second.
    const { sequenceNumber = 0 } = tunnel.send(request(SPOILT), values)
    tunnel.send(request(GOOD), { sequenceNumber })
    const answer = identifierOf(await nextLcp(t, tunnel, isAnswer))
    const expected = `an answer to Configure-Request ${GOOD}, none to Configure-Request ${SPOILT}, whose packet does not belong to the call`
    t.check(['4.1/other-packets-dropped', breaks], answer, equalTo(GOOD, expected))
  },
)

/** Identifier of the Configure-Request that was answered, if any. */
function identifierOf(answer: ReceivedLcp | undefined) {
  const identifier = answer?.packet.identifier
  const seen = identifier === undefined ? 'no answer' : `an answer to Configure-Request ${identifier}`
  return evidence(identifier, seen, answer?.received.entry)
}
