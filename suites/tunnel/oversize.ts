import { scenario, TUNNEL_MTU } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { bothAnswer, bothAnswerAfter, discard } from '../steps/lcp.ts'

/** PPP packets that are sent in a row. */
const COUNT = 3
/** Octets of Address, Control and Protocol, and of the LCP header. */
const HEADERS = 8

export default scenario(
  {
    id: 'tunnel/oversize',
    purpose:
      'PPP packets larger than an implementation has to take end neither the tunnel nor the control connection.',
    decides: ['4/carries-ppp'],
    provenBy: ['gre-oversize-ends-session'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    readings: ['A-52'],
    vary: { size: [TUNNEL_MTU + 1, 4096, 9000, 65_000] },
  },
  async (t) => {
    const { size } = t.vary
    const { control, tunnel } = await answeringCall(t)
    // They draw no answer, also from an IUT that takes them.
    discard(tunnel, COUNT, size - HEADERS)
    const answers = await bothAnswer(t, control, tunnel)
    t.check('4/carries-ppp', answers, bothAnswerAfter(`${COUNT} PPP packets of ${size} octets`))
  },
)
