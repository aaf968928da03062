import { is, scenario } from '../kit.ts'
import { establishedCall } from '../steps/established-call.ts'
import {
  answersOf,
  isAnswered,
  nextNumberAfterAnswers,
  request,
  type WatchedTunnel,
  WITHIN,
  watch,
} from '../steps/tunnel-watch.ts'

/** Identifiers of Configure-Requests, in the order of the sequence numbers of their packets. */
const LATE = 51
const EARLY = 52
const NEXT = 53

export default scenario(
  {
    id: 'tunnel/late',
    purpose:
      'A packet that was overtaken is put in its place or discarded; PPP never gets it after a later one.',
    decides: ['4.3/late-not-delivered', '4.3/out-of-sequence-discarded'],
    provenBy: ['gre-delivers-late', 'gre-waits-for-lost'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: {
      late: {
        'at-once': { by: 0, before: 2 },
        'a-second-late': { by: WITHIN, before: 2 },
        'a-second-late-number-1': { by: WITHIN, before: 1 },
      },
    } as const,
  },
  async (t) => {
    const { by, before } = t.vary.late
    const { tunnel } = await establishedCall(t)
    const number = await nextNumberAfterAnswers(t, tunnel, before)
    tunnel.send(request(EARLY), { sequenceNumber: number + 1 })
    const early = await watch(t, tunnel, by, (watched) => isAnswered(watched, EARLY))
    tunnel.send(request(LATE), { sequenceNumber: number })
    tunnel.send(request(NEXT), { sequenceNumber: number + 2 })
    const rest = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, NEXT))
    const all = answersOf({ answers: [...early.answers, ...rest.answers] })
    t.check('4.3/late-not-delivered', all, NOT_OVERTAKEN)
    t.check('4.3/out-of-sequence-discarded', all, ORDERED)
  },
)

const NOT_OVERTAKEN = is<Pick<WatchedTunnel, 'answers'>>(
  `no answer to Configure-Request ${LATE} after that to ${EARLY}, which has the higher sequence number`,
  ({ answers }) => {
    const place = (identifier: number) => answers.findIndex((answer) => answer.identifier === identifier)
    return place(EARLY) === -1 || place(LATE) <= place(EARLY)
  },
)

const ORDERED = is<Pick<WatchedTunnel, 'answers'>>(
  `answers in the order of sequence numbers, the last one to Configure-Request ${NEXT}`,
  ({ answers }) =>
    isAnswered({ answers }, NEXT) &&
    answers.every(({ identifier }, at) => at === 0 || identifier > (answers[at - 1]?.identifier ?? 0)),
)
