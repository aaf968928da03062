import { Inconclusive, scenario } from '../kit.ts'
import { answeringCall } from '../steps/established-call.ts'
import {
  answersOf,
  answersOnly,
  isAnswered,
  request,
  type WatchedTunnel,
  watch,
} from '../steps/tunnel-watch.ts'

/** Identifiers of Configure-Requests that are sent once each, in sequence. */
const ONCE = [31, 32, 33, 34]
/** Identifier of the fence, the last Configure-Request. */
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
    const { tunnel, next } = await answeringCall(t)
    for (const identifier of ONCE) tunnel.send(request(identifier))
    if (!allAnswered(await watch(t, tunnel, t.timers.tunnel, allAnswered)))
      throw new Inconclusive('the PPP peer did not answer all Configure-Requests')
    const again = t.vary.packet
    // The preamble sent the packet with sequence number 1.
    const sequenceNumber = again === 1 ? 1 : next + ONCE.indexOf(again)
    tunnel.send(request(again), { sequenceNumber })
    // An answer to the fence shows that the IUT has dealt with the duplicate.
    tunnel.send(request(BEHIND), { sequenceNumber: next + ONCE.length })
    const so = await watch(t, tunnel, t.timers.tunnel, (watched) => isAnswered(watched, BEHIND))
    const expected = answersOnly(
      BEHIND,
      `none to ${again} when its sequence number ${sequenceNumber} comes again`,
    )
    t.check('4.3/duplicates-discarded', answersOf(so), expected)
  },
)

function allAnswered(so: WatchedTunnel): boolean {
  return ONCE.every((identifier) => isAnswered(so, identifier))
}
