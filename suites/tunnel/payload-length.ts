import { is, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { answersOf, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

/** Identifier of the Configure-Request in a packet that is too short. */
const SPOILT = 41
/** Identifier of the first of two good Configure-Requests after it. */
const BEHIND = 42

export default scenario(
  {
    id: 'tunnel/payload-length',
    purpose: 'A packet with fewer octets of payload than its Payload Length says is dropped.',
    decides: ['4.1/payload-cut-short'],
    provenBy: ['gre-accepts-short-payload'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { missing: { one: 1, twenty: 20, 'a-thousand': 1000 } },
  },
  async (t) => {
    const { tunnel } = await answeringCall(t)
    const payload = request(SPOILT)
    // LCP ignores octets beyond its own Length, as padding. So an IUT that fills in the missing
    // octets would answer this packet.
    const { sequenceNumber = 0 } = tunnel.send(payload, { payloadLength: payload.length + t.vary.missing })
    // The same sequence number: an IUT that drops the first packet has not used it up.
    tunnel.send(request(BEHIND), { sequenceNumber })
    tunnel.send(request(BEHIND + 1))
    const so = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, BEHIND + 1))
    const expected = `no answer to Configure-Request ${SPOILT}, one to ${BEHIND} or ${BEHIND + 1}, which came after`
    t.check(
      '4.1/payload-cut-short',
      answersOf(so),
      is(expected, ({ answers }) => !isAnswered({ answers }, SPOILT) && answers.length > 0),
    )
  },
)
