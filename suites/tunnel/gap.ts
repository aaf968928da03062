import { atLeast, is, scenario } from '../kit.ts'
import {
  acknowledgmentIn,
  isAcknowledged,
  isAnswered,
  nextNumberAfterAnswers,
  request,
  type WatchedTunnel,
  WITHIN,
  watch,
  watched,
} from '../steps/tunnel-watch.ts'

export default scenario(
  {
    id: 'tunnel/gap',
    purpose: 'After a lost packet, later packets are acknowledged all the same, and data goes on.',
    decides: ['4.3/early-acknowledged', '4.3/later-acknowledged'],
    provenBy: ['gre-waits-for-lost', 'gre-never-acknowledges'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const lost = await nextNumberAfterAnswers(t, tunnel)
    const early = (lost + 1) >>> 0
    tunnel.send(request(61), { sequenceNumber: early })
    const first = await watch(t, tunnel, WITHIN, (so) => isAcknowledged(so, early))
    t.check(
      '4.3/early-acknowledged',
      acknowledgmentIn(first),
      atLeast(early, `Acknowledgment Number ${early} within ${WITHIN} ms, though packet ${lost} never came`),
    )
    // A peer that waits for the lost packet has given up waiting by now.
    const next = tunnel.send(request(62)).sequenceNumber
    const both = (so: WatchedTunnel) => isAcknowledged(so, next) && isAnswered(so, 62)
    const second = await watch(t, tunnel, WITHIN, both)
    const expected = `packet ${next} acknowledged and answered within ${WITHIN} ms`
    t.check('4.3/later-acknowledged', watched(second), is(expected, both))
  },
)
