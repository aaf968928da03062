import { encodeOptions, PacketCode, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { lcpFrame } from '../steps/lcp.ts'
import { answersOf, answersOnly, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

const INCOMPLETE = 41
const FOLLOWED = 42
/** Four octets of options. */
const MRU_1400 = encodeOptions([{ type: 1, data: Uint8Array.of(0x05, 0x78) }])

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
    const { tunnel } = await answeringCall(t)
    // Cut before its option: PPP discards what is shorter than its own Length, unless it gets the
    // octets that follow as well.
    const whole = lcpFrame(PacketCode.configureRequest, INCOMPLETE, MRU_1400)
    const cut = whole.length - 4
    tunnel.send(whole.slice(0, cut), { trailing: whole.slice(cut) })
    tunnel.send(request(FOLLOWED), { trailing: new Uint8Array(8).fill(0x55) })
    const so = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, FOLLOWED))
    const expected = answersOnly(FOLLOWED, `none to ${INCOMPLETE}, whose end lies behind the payload`)
    t.check('4.1/payload-followed', answersOf(so), expected)
  },
)
