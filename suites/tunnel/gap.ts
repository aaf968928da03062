import { scenario } from '../catalogue.ts'
import { answeringPeer, isAcknowledged, isAnswered, request, WITHIN, watch } from '../tunnel-watch.ts'

export default scenario(
  {
    id: 'tunnel/gap',
    purpose: 'Where a packet is lost, those after it are acknowledged all the same, and data goes on.',
    decides: ['4.3/early-acknowledged', '4.3/later-acknowledged'],
    provenBy: ['gre-waits-for-lost', 'gre-never-acknowledges'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const lost = await answeringPeer(t, tunnel)
    const early = (lost + 1) >>> 0
    tunnel.send(request(61), { sequenceNumber: early })
    const first = await watch(t, tunnel, WITHIN, (watched) => isAcknowledged(watched, early))
    t.decide('4.3/early-acknowledged', {
      ok: isAcknowledged(first, early),
      expected: `Acknowledgment Number ${early} within ${WITHIN} ms, though packet ${lost} never came`,
      seen:
        first.acknowledged === undefined
          ? 'no acknowledgment'
          : `Acknowledgment Number ${first.acknowledged}`,
      entry: first.acknowledgedBy,
    })
    // Whoever waits for the gap to close has given it up by now.
    const next = tunnel.send(request(62)).sequenceNumber
    const second = await watch(
      t,
      tunnel,
      WITHIN,
      (watched) => isAcknowledged(watched, next) && isAnswered(watched, 62),
    )
    t.decide('4.3/later-acknowledged', {
      ok: isAcknowledged(second, next) && isAnswered(second, 62),
      expected: `packet ${next} acknowledged and answered within ${WITHIN} ms`,
      seen: `${second.acknowledged === undefined ? 'no acknowledgment' : `Acknowledgment Number ${second.acknowledged}`}, ${isAnswered(second, 62) ? 'an answer' : 'no answer'}`,
      entry: second.acknowledgedBy,
    })
  },
)
