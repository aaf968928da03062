import { encodeOptions, PacketCode, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import { lcpFrame } from '../steps/lcp.ts'
import { answersOf, answersOnly, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

/** Identifier of a Configure-Request whose last octets lie after the payload. */
const INCOMPLETE = 41
/** Identifier of a whole Configure-Request that is followed by other octets. */
const FOLLOWED = 42
/** An option of four octets. */
const MRU_1400 = encodeOptions([{ type: 1, data: Uint8Array.of(0x05, 0x78) }])

export default scenario(
  {
    id: 'tunnel/trailing-octets',
    purpose: 'Octets after the payload are not handed to PPP, and do the payload no harm.',
    decides: ['4.1/payload-followed'],
    provenBy: ['gre-uses-trailing'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const { tunnel } = await answeringCall(t)
    // Cut before its option: PPP discards a packet that is shorter than the packet's own Length. It
    // answers only if it gets the octets after the payload as well.
    const whole = lcpFrame(PacketCode.configureRequest, INCOMPLETE, MRU_1400)
    const cut = whole.length - 4
    tunnel.send(whole.slice(0, cut), { trailing: whole.slice(cut) })
    tunnel.send(request(FOLLOWED), { trailing: new Uint8Array(8).fill(0x55) })
    const so = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, FOLLOWED))
    const expected = answersOnly(FOLLOWED, `none to ${INCOMPLETE}, whose end lies after the payload`)
    t.check('4.1/payload-followed', answersOf(so), expected)
  },
)
