import { advised, equalTo, Inconclusive, scenario, type TunnelEnd } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import {
  type Answer,
  answeredCount,
  answersIn,
  distinct,
  drawAnswers,
  fillWindow,
  isAnswered,
  request,
  WITHIN,
} from '../steps/tunnel-watch.ts'

const REQUESTS = 8
/**
 * Packet Processing Delay that we announce, in tenths of a second: time-outs computed from it help
 * nobody within a second.
 */
const DELAY = 20
/** Identifier of the last request, which is sent when acknowledgments flow. */
const LAST = 120
/** Far ahead of everything that is sent in this call. */
const AHEAD = 1000
/** ms in which a sender sends what its window lets it. */
const AT_ONCE = (DELAY * 100) / 2

export default scenario(
  {
    id: 'tunnel/odd-acknowledgments',
    purpose:
      'An acknowledgment that comes again, late, or of what was never sent does no harm: sending goes on with those after it.',
    decides: ['4.2.5/odd-acknowledgments'],
    provenBy: ['gre-takes-any-acknowledgment', 'gre-ignores-separate-acknowledgment'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      acknowledgment: ['again', 'late', 'never-sent'],
      window: { two: 2, wide: 64 },
    },
  },
  async (t) => {
    const { acknowledgment, window } = t.vary
    const values = { packetRecvWindowSize: window, packetProcessingDelay: DELAY }
    const { tunnel } = await establishedCall(t, values)
    const packets = await fillWindow(t, tunnel, window, REQUESTS, AT_ONCE, AT_ONCE)
    const lowest = packets[0]?.packet.sequenceNumber
    if (lowest === undefined)
      throw new Inconclusive("the implementation's first packet has no Sequence Number")
    if (acknowledgment === 'never-sent') tunnel.acknowledge((lowest + AHEAD) >>> 0)
    const acknowledge = () => acknowledgeOddly(tunnel, acknowledgment, lowest)
    acknowledge()
    tunnel.send(request(LAST))
    const last = (answers: readonly Answer[]) => isAnswered({ answers }, LAST)
    const rest = await drawAnswers(t, tunnel, WITHIN, last, acknowledge)
    const answered = distinct([...packets.flatMap(answersIn), ...rest.answers])
    const seen = answeredCount(answered, REQUESTS + 1, rest.entry ?? packets.at(-1)?.entry)
    t.check('4.2.5/odd-acknowledgments', seen, advised(equalTo(REQUESTS + 1, EXPECTED)))
  },
)

const EXPECTED = `answers to all of ${REQUESTS + 1} Configure-Requests within ${WITHIN} ms, each answer acknowledged`

/** Acknowledges all that came, and again, or once more the first packet, as the variation wants. */
function acknowledgeOddly(tunnel: TunnelEnd, acknowledgment: string, lowest: number): void {
  tunnel.acknowledge()
  if (acknowledgment === 'again') tunnel.acknowledge()
  if (acknowledgment === 'late') tunnel.acknowledge(lowest)
}
