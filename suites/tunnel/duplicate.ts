import { Inconclusive } from '../../harness/scenario/judge.ts'
import { scenario } from '../catalogue.ts'
import { answeringPeer, describeAnswers, isAnswered, request, watch } from '../tunnel-watch.ts'

/** Sent once each, with sequence numbers 1 and on; packet 0 is the preamble's. */
const ONCE = [31, 32, 33, 34]
const BEHIND = 35

export default scenario(
  {
    id: 'tunnel/duplicate',
    purpose: 'A packet that repeats a sequence number is not delivered a second time.',
    decides: ['4.3/duplicates-discarded'],
    provenBy: ['gre-delivers-duplicates', 'gre-delivers-late'],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp'],
    vary: { packet: { latest: 34, 'one-before': 33, 'number-1': 31 } },
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    await answeringPeer(t, tunnel)
    const sent = ONCE.map((identifier) => ({ identifier, packet: tunnel.send(request(identifier)) }))
    const first = await watch(t, tunnel, t.timers.tunnel, (watched) =>
      ONCE.every((identifier) => isAnswered(watched, identifier)),
    )
    const again = sent.find(({ identifier }) => identifier === t.vary.packet)
    if (again === undefined || !ONCE.every((identifier) => isAnswered(first, identifier)))
      throw new Inconclusive('the PPP peer did not answer all Configure-Requests')
    const { sequenceNumber = 0 } = again.packet
    const next = (sent.at(-1)?.packet.sequenceNumber ?? 0) + 1
    tunnel.send(request(again.identifier), { sequenceNumber })
    // The fence: an answer to this one shows that the duplicate was dealt with.
    tunnel.send(request(BEHIND), { sequenceNumber: next })
    const { answers } = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, BEHIND))
    t.decide('4.3/duplicates-discarded', {
      ok: answers.length === 1 && answers[0]?.identifier === BEHIND,
      expected: `an answer to Configure-Request ${BEHIND}, none to ${again.identifier} when its packet ${sequenceNumber} comes again`,
      seen: describeAnswers(answers),
      entry: answers[0]?.entry,
    })
  },
)
