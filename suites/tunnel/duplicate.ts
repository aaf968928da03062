import { Inconclusive, scenario } from '../kit.ts'
import { answeringPeer, describeAnswers, isAnswered, request, watch } from '../steps/tunnel-watch.ts'

/** Sent once each, in sequence. */
const ONCE = [31, 32, 33, 34]
const BEHIND = 35

export default scenario(
  {
    id: 'tunnel/duplicate',
    purpose: 'A packet that repeats a sequence number is not delivered a second time.',
    decides: ['4.3/duplicates-discarded'],
    provenBy: ['gre-delivers-duplicates', 'gre-delivers-late'],
    iut: 'both',
    needs: ['outgoing-calls', 'ppp'],
    vary: { packet: { latest: 34, 'one-before': 33, 'number-1': 1 } },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    const number = await answeringPeer(t, tunnel)
    for (const identifier of ONCE) tunnel.send(request(identifier))
    const first = await watch(t, tunnel, t.timers.tunnel, (watched) =>
      ONCE.every((identifier) => isAnswered(watched, identifier)),
    )
    if (!ONCE.every((identifier) => isAnswered(first, identifier)))
      throw new Inconclusive('the PPP peer did not answer all Configure-Requests')
    const again = t.vary.packet
    // Number 1 was the preamble's.
    const sequenceNumber = again === 1 ? 1 : number + ONCE.indexOf(again)
    tunnel.send(request(again), { sequenceNumber })
    // The fence: an answer to this one shows that the duplicate was dealt with.
    tunnel.send(request(BEHIND), { sequenceNumber: number + ONCE.length })
    const { answers } = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, BEHIND))
    t.decide('4.3/duplicates-discarded', {
      ok: answers.length === 1 && answers[0]?.identifier === BEHIND,
      expected: `an answer to Configure-Request ${BEHIND}, none to ${again} when its packet ${sequenceNumber} comes again`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
  },
)
