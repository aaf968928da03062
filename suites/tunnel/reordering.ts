import { atLeast, is, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import {
  acknowledgmentIn,
  answersOf,
  distinct,
  isAcknowledged,
  isAnswered,
  request,
  type WatchedTunnel,
  WITHIN,
  watch,
} from '../steps/tunnel-watch.ts'

/** Identifier of the packet with the lowest number; those after it count up. */
const FIRST = 100

export default scenario(
  {
    id: 'tunnel/reordering',
    purpose:
      'When packets overtake others, PPP gets no packet after one with a higher number, and the tunnel goes on.',
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
      order: ['one-late', 'reversed'],
      by: [1, 2, 4, 8],
    },
  },
  async (t) => {
    const { order, by } = t.vary
    const { tunnel, next } = await answeringCall(t)
    for (const place of [...places(order, by), by + 1])
      tunnel.send(request(FIRST + place), { sequenceNumber: next + place })
    const behind = FIRST + by + 1
    const last = next + by + 1
    const both = (watched: WatchedTunnel) => isAnswered(watched, behind) && isAcknowledged(watched, last)
    const so = await watch(t, tunnel, WITHIN, both)
    const answers = answersOf(so, so.answers[overtaken(so)] ?? so.answers.at(-1))
    t.check('4.3/late-not-delivered', answers, NONE_OVERTAKEN)
    t.check('4.3/out-of-sequence-discarded', answers, inOrderUpTo(behind))
    t.check('4.3/duplicates-discarded', answers, ONE_EACH)
    const acknowledged = atLeast(last, `Acknowledgment Number ${last} within ${WITHIN} ms`)
    t.check('4.3/later-acknowledged', acknowledgmentIn(so), acknowledged)
  },
)

type Answers = Pick<WatchedTunnel, 'answers'>

/** Offsets from the next sequence number, in the order of sending. */
function places(order: 'one-late' | 'reversed', by: number): readonly number[] {
  const later = Array.from({ length: by }, (_, at) => at + 1)
  return [...(order === 'reversed' ? later.reverse() : later), 0]
}

/** Index of the first answer after one to a packet with a higher number; -1: there is none. */
function overtaken({ answers }: Answers): number {
  return answers.findIndex(({ identifier }, at) => identifier < (answers[at - 1]?.identifier ?? 0))
}

const NONE_OVERTAKEN = is<Answers>(
  'no answer to a packet after an answer to one with a higher number',
  (so) => overtaken(so) === -1,
)

const ONE_EACH = is<Answers>(
  'one answer at most to each packet',
  ({ answers }) => distinct(answers) === answers.length,
)

function inOrderUpTo(last: number) {
  return is<Answers>(
    `answers in the order of sequence numbers, the last to Configure-Request ${last}`,
    (so) => overtaken(so) === -1 && so.answers.at(-1)?.identifier === last,
  )
}
