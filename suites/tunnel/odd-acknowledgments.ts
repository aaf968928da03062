import { advised, equalTo, Inconclusive, scenario, type TunnelEnd } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import {
  answeredCount,
  answersIn,
  distinct,
  drawEach,
  FIRST_FILLING,
  fillWindow,
  isAnswered,
  request,
  WITHIN,
} from '../steps/tunnel-watch.ts'

const REQUESTS = 8
/**
 * Packet Processing Delay that we announce, in tenths of a second: no time-out computed from it
 * expires within a second.
 */
const DELAY = 20
/** Identifier of the last request, after which we acknowledge each answer. */
const LAST = 120
/** Added to a sequence number: further than anything that is sent in this call. */
const AHEAD = 1000
/** ms in which a sender sends all that its window allows. */
const AT_ONCE = (DELAY * 100) / 2

export default scenario(
  {
    id: 'tunnel/odd-acknowledgments',
    purpose:
      'An acknowledgment that is repeated, late, or of a packet that was never sent does no harm: later acknowledgments still let data go on.',
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
    const before = packets.flatMap(answersIn)
    const due = ALL.filter((identifier) => !isAnswered({ answers: before }, identifier))
    const rest = await drawEach(t, tunnel, WITHIN, due, acknowledge)
    const answered = distinct([...before, ...rest.answers])
    const seen = answeredCount(answered, REQUESTS + 1, rest.entry ?? packets.at(-1)?.entry)
    t.check('4.2.5/odd-acknowledgments', seen, advised(equalTo(REQUESTS + 1, EXPECTED)))
  },
)

/** Identifiers of all requests. */
const ALL = [...Array.from({ length: REQUESTS }, (_, count) => FIRST_FILLING + count), LAST]

const EXPECTED = `${REQUESTS + 1} of ${REQUESTS + 1} Configure-Requests answered within ${WITHIN} ms of the last, while we acknowledge each answer`

/** Acknowledges all that came, then the same again or the first packet, as the variation says. */
function acknowledgeOddly(tunnel: TunnelEnd, acknowledgment: string, lowest: number): void {
  tunnel.acknowledge()
  if (acknowledgment === 'again') tunnel.acknowledge()
  if (acknowledgment === 'late') tunnel.acknowledge(lowest)
}
