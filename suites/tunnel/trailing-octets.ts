import { encodeOptions, PacketCode, scenario } from '../kit.ts'
import { lcpFrame } from '../steps/lcp.ts'
import { answeringPeer, describeAnswers, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

const INCOMPLETE = 41
const FOLLOWED = 42

export default scenario(
  {
    id: 'tunnel/trailing-octets',
    purpose: 'What follows the payload is not handed to PPP, and does the payload no harm.',
    decides: ['4.1/payload-followed'],
    provenBy: ['gre-uses-trailing'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await answeringPeer(t, tunnel)
    // Cut before its option: PPP discards what is shorter than its own Length, unless it gets the
    // octets that follow as well.
    const whole = lcpFrame(
      PacketCode.configureRequest,
      INCOMPLETE,
      encodeOptions([{ type: 1, data: Uint8Array.of(0x05, 0x78) }]),
    )
    const cut = whole.length - 4
    tunnel.send(whole.slice(0, cut), { trailing: whole.slice(cut) })
    tunnel.send(request(FOLLOWED), { trailing: new Uint8Array(8).fill(0x55) })
    const { answers } = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, FOLLOWED))
    t.decide('4.1/payload-followed', {
      ok: answers.length === 1 && answers[0]?.identifier === FOLLOWED,
      expected: `an answer to Configure-Request ${FOLLOWED}, none to ${INCOMPLETE}, whose end lies behind the payload`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
  },
)
