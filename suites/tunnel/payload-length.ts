import { scenario } from '../kit.ts'
import { answeringPeer, describeAnswers, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

const SPOILT = 41
const BEHIND = 42

export default scenario(
  {
    id: 'tunnel/payload-length',
    purpose: 'Payload Length says where the payload ends: a packet that is shorter than it says is dropped.',
    decides: ['4.1/payload-cut-short'],
    provenBy: ['gre-accepts-short-payload'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { missing: { one: 1, twenty: 20, 'a-thousand': 1000 } },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await answeringPeer(t, tunnel)
    const payload = request(SPOILT)
    // LCP takes what goes beyond its own Length for padding: had these octets been made up, PPP
    // would answer.
    const { sequenceNumber = 0 } = tunnel.send(payload, { payloadLength: payload.length + t.vary.missing })
    // With the same number: who drops the first has not used it up.
    tunnel.send(request(BEHIND), { sequenceNumber })
    tunnel.send(request(BEHIND + 1))
    const { answers } = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, BEHIND + 1))
    t.decide('4.1/payload-cut-short', {
      ok: !isAnswered({ answers }, SPOILT) && answers.length > 0,
      expected: `no answer to Configure-Request ${SPOILT}, one to those behind it`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
  },
)
