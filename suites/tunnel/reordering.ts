import { scenario } from '../kit.ts'
import {
  answeringPeer,
  describeAnswers,
  isAcknowledged,
  isAnswered,
  request,
  WITHIN,
  watch,
} from '../steps/tunnel-watch.ts'

/** Identifier of the packet with the lowest number; those after it count up. */
const FIRST = 100

export default scenario(
  {
    id: 'tunnel/reordering',
    purpose:
      'However many packets overtake another, PPP gets none after one with a higher number, and the tunnel goes on.',
    decides: [
      '4.3/late-not-delivered',
      '4.3/out-of-sequence-discarded',
      '4.3/duplicates-discarded',
      '4.3/later-acknowledged',
    ],
    provenBy: ['gre-delivers-late', 'gre-waits-for-lost', 'gre-never-acknowledges'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      order: { 'one-late': 'one-late', reversed: 'reversed' },
      by: { '1': 1, '2': 2, '4': 4, '8': 8 },
    } as const,
  },
  async (t) => {
    const { order, by } = t.vary
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const number = await answeringPeer(t, tunnel)
    const places = Array.from({ length: by }, (_, at) => at + 1)
    if (order === 'reversed') places.reverse()
    for (const place of [...places, 0])
      tunnel.send(request(FIRST + place), { sequenceNumber: number + place })
    const behind = FIRST + by + 1
    const { sequenceNumber } = tunnel.send(request(behind), { sequenceNumber: number + by + 1 })
    const watched = await watch(
      t,
      tunnel,
      WITHIN,
      (so) => isAnswered(so, behind) && isAcknowledged(so, sequenceNumber),
    )
    const { answers } = watched
    const identifiers = answers.map(({ identifier }) => identifier)
    const expected = `answers in the order of sequence numbers, the last to Configure-Request ${behind}`
    const seen = describeAnswers(answers)
    const entry = answers.at(-1)?.entry
    const back = identifiers.findIndex((identifier, at) => identifier < (identifiers[at - 1] ?? 0))
    t.decide('4.3/late-not-delivered', {
      ok: back === -1,
      expected: 'no answer to a packet after that to one with a higher number',
      seen,
      entry: answers[back]?.entry ?? entry,
    })
    t.decide('4.3/out-of-sequence-discarded', {
      ok: back === -1 && identifiers.at(-1) === behind,
      expected,
      seen,
      entry,
    })
    t.decide('4.3/duplicates-discarded', {
      ok: new Set(identifiers).size === identifiers.length,
      expected: 'one answer at most to each packet',
      seen,
      entry,
    })
    t.decide('4.3/later-acknowledged', {
      ok: isAcknowledged(watched, sequenceNumber),
      expected: `Acknowledgment Number ${sequenceNumber} within ${WITHIN} ms`,
      seen:
        watched.acknowledged === undefined
          ? 'no acknowledgment'
          : `Acknowledgment Number ${watched.acknowledged}`,
      entry: watched.acknowledgedBy,
    })
  },
)
