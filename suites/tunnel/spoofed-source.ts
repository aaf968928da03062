import { scenario } from '../kit.ts'
import { answeringPeer, describeAnswers, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

const SPOOFED = 41
const BEHIND = 42

export default scenario(
  {
    id: 'tunnel/spoofed-source',
    purpose:
      'A packet that claims to come from another address is not taken as data of the call, though all else in it is right.',
    decides: ['3.2.2/other-tunnels'],
    provenBy: ['gre-ignores-source'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'unused-address'],
  },
  async (t) => {
    const source = t.unusedAddress()
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await answeringPeer(t, tunnel)
    // Both have the same sequence number: who drops the first has not used it up, and who takes it
    // drops the second.
    const { sequenceNumber = 0 } = tunnel.send(request(SPOOFED), {}, { source })
    tunnel.send(request(BEHIND), { sequenceNumber })
    const { answers } = await watch(t, tunnel, t.timers.tunnel, (watched) => watched.answers.length > 0)
    t.decide('3.2.2/other-tunnels', {
      ok: isAnswered({ answers }, BEHIND) && !isAnswered({ answers }, SPOOFED),
      expected: `an answer to Configure-Request ${BEHIND}, none to ${SPOOFED}, which came under the address ${source}`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
  },
)
