import { scenario } from '../kit.ts'
import { answeringPeer, describeAnswers, isAnswered, request, WITHIN, watch } from '../steps/tunnel-watch.ts'

/** Identifiers in the order in which the packets were numbered. */
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
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const number = await answeringPeer(t, tunnel, before)
    tunnel.send(request(EARLY), { sequenceNumber: number + 1 })
    const early = await watch(t, tunnel, by, (watched) => isAnswered(watched, EARLY))
    tunnel.send(request(LATE), { sequenceNumber: number })
    tunnel.send(request(NEXT), { sequenceNumber: number + 2 })
    const rest = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, NEXT))
    const answers = [...early.answers, ...rest.answers]
    const place = (identifier: number) => answers.findIndex((answer) => answer.identifier === identifier)
    const overtaken = place(EARLY) >= 0 && place(LATE) > place(EARLY)
    t.decide('4.3/late-not-delivered', {
      ok: !overtaken,
      expected: `no answer to Configure-Request ${LATE} after that to ${EARLY}, which has the higher sequence number`,
      seen: describeAnswers(answers),
      entry: answers[place(LATE)]?.entry,
    })
    const ordered = answers.every(
      ({ identifier }, at) => at === 0 || identifier > (answers[at - 1]?.identifier ?? 0),
    )
    t.decide('4.3/out-of-sequence-discarded', {
      ok: ordered && place(NEXT) >= 0,
      expected: `answers in the order of sequence numbers, the last one to Configure-Request ${NEXT}`,
      seen: describeAnswers(answers),
      entry: answers.at(-1)?.entry,
    })
  },
)
