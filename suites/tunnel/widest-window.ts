import { equalTo, present, scenario } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import { spokenTo } from '../steps/lcp.ts'
import {
  type Answer,
  answeredCount,
  distinct,
  drawAnswers,
  firstPacket,
  request,
  WITHOUT_ACKNOWLEDGMENT,
} from '../steps/tunnel-watch.ts'

/** Configure-Requests that are sent at once. */
const REQUESTS = 24

export default scenario(
  {
    id: 'tunnel/widest-window',
    purpose: 'A window of more packets than are ever under way is a window like any other.',
    decides: ['4.2.1/initial-window-minimum', '4/carries-ppp'],
    provenBy: ['gre-window-signed', 'lcp-no-reply'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { window: [32_768, 65_535] },
  },
  async (t) => {
    const { window } = t.vary
    const { tunnel } = await establishedCall(t, { packetRecvWindowSize: window })
    const first = await spokenTo(t, tunnel)
    const any = present(`a first packet, with a window of ${window} announced`)
    t.check('4.2.1/initial-window-minimum', firstPacket(first), any)
    if (first === undefined) return
    for (let count = 0; count < REQUESTS; count++) tunnel.send(request(80 + count), WITHOUT_ACKNOWLEDGMENT)
    const all = (answers: readonly Answer[]) => distinct(answers) === REQUESTS
    const { answers, entry } = await drawAnswers(t, tunnel, t.timers.tunnel, all)
    const answered = answeredCount(distinct(answers), REQUESTS, entry ?? first.entry)
    t.check(
      '4/carries-ppp',
      answered,
      equalTo(REQUESTS, `${REQUESTS} of ${REQUESTS} Configure-Requests answered`),
    )
  },
)
