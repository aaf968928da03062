import { scenario } from '../kit.ts'
import { answeringPeer, describeAnswers, isAnswered, request, WITHIN, watch } from '../steps/tunnel-watch.ts'

const ODD = 71
const BEHIND = 72

export default scenario(
  {
    id: 'tunnel/odd-packets',
    purpose: 'Packets whose S bit and payload disagree, or that say nothing at all, do no harm.',
    decides: ['4.1/s-without-payload'],
    provenBy: ['gre-takes-payload-without-sequence'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { packet: { 'S-without-payload': 'S', 'payload-without-S': 'payload', neither: 'neither' } },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const number = await answeringPeer(t, tunnel)
    const none = { sequencePresent: 0, acknowledgmentPresent: 0 }
    if (t.vary.packet === 'S') tunnel.send(new Uint8Array(0))
    else if (t.vary.packet === 'payload') tunnel.send(request(ODD), none)
    else tunnel.send(new Uint8Array(0), none)
    // Whether a number without payload was used up is not said: to whom it was not, this packet
    // overtook one.
    const next = t.vary.packet === 'S' ? number + 1 : number
    tunnel.send(request(BEHIND), { sequenceNumber: next })
    tunnel.send(request(BEHIND + 1))
    const { answers } = await watch(t, tunnel, WITHIN, (watched) => isAnswered(watched, BEHIND + 1))
    t.decide('4.1/s-without-payload', {
      ok: isAnswered({ answers }, BEHIND + 1) && !isAnswered({ answers }, ODD),
      expected: `an answer to Configure-Request ${BEHIND + 1} behind it within ${WITHIN} ms`,
      seen: describeAnswers(answers),
      entry: answers.at(-1)?.entry,
    })
  },
)
