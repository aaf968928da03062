import { is, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { answersOf, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

const SPOOFED = 41
const BEHIND = 42

export default scenario(
  {
    id: 'tunnel/spoofed-source',
    purpose:
      'A packet from another source address is not taken as data of the call, though all else in it is right.',
    decides: ['3.2.2/other-tunnels'],
    provenBy: ['gre-ignores-source'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp', 'unused-address'],
  },
  async (t) => {
    const source = t.unusedAddress()
    const { tunnel } = await answeringCall(t)
    // Both have the same sequence number: an IUT that drops the first takes the second, and one
    // that takes the first drops the second.
    const { sequenceNumber = 0 } = tunnel.send(request(SPOOFED), {}, { source })
    tunnel.send(request(BEHIND), { sequenceNumber })
    const so = await watch(t, tunnel, t.timers.tunnel, (watched) => watched.answers.length > 0)
    const expected = `an answer to Configure-Request ${BEHIND}, none to Configure-Request ${SPOOFED}, which came from the source address ${source}`
    t.check(
      '3.2.2/other-tunnels',
      answersOf(so),
      is(expected, (all) => isAnswered(all, BEHIND) && !isAnswered(all, SPOOFED)),
    )
  },
)
