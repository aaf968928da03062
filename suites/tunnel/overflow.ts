import { NotApplicable, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { bothAnswer, bothAnswerAfter, discard } from '../steps/lcp.ts'

/** Packets that are sent beyond the window that the IUT announced. */
const BEYOND = 16
/** The largest window that is filled, in packets. */
const MOST = 128

export default scenario(
  {
    id: 'tunnel/overflow',
    purpose: 'More packets at once than the window allows end neither the call nor its control connection.',
    decides: ['4.2.4/overflow-discarded'],
    provenBy: ['gre-overflow-ends-session'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { control, tunnel } = await answeringCall(t, { packetRecvWindowSize: 8 })
    const window = tunnel.peersWindow
    if (window > MOST)
      throw new NotApplicable(`the implementation's window of ${window} packets is too large to be filled`)
    const count = window + BEYOND
    // They draw no answers, so that only the window of the IUT matters.
    discard(tunnel, count)
    const answers = await bothAnswer(t, control, tunnel)
    t.check('4.2.4/overflow-discarded', answers, bothAnswerAfter(`${count} packets at once`))
  },
)
