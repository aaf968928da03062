import { is, type Observation, observed, scenario, startReply } from '../kit.ts'
import { collide } from '../steps/collision.ts'

export default scenario(
  {
    id: 'collision/won',
    purpose:
      "In a collision with a peer of a lower address, the originator sends nothing on the peer's connection, leaves its close to the peer, and goes on with its own.",
    decides: [
      '3.1.3/winner',
      '3.1.3/comparison',
      '3.1.3/winner-silent',
      '3.1.3/winner-waits-for-close',
      '3.1.3/winner-waits-for-reply',
    ],
    provenBy: [
      'collision-answers-loser',
      'collision-compares-swapped',
      'collision-winner-closes',
      'collision-winner-gives-up',
    ],
    iut: 'originator',
    needs: ['both-roles', 'lower-address'],
  },
  async (t) => {
    const { own, ours } = await collide(t, t.lowerAddress())
    const first = observed(await ours.next())
    t.check('3.1.3/winner-silent', first, SAYS_NOTHING)
    t.check('3.1.3/winner-waits-for-close', first, LEAVES_OPEN)
    // The tester has lost the collision, so it closes its connection.
    ours.end()
    own.send('Start-Control-Connection-Reply', startReply())
    await own.expect(
      ['3.1.3/winner', '3.1.3/comparison', '3.1.3/winner-waits-for-reply'],
      'Outgoing-Call-Request',
      t.timers.request,
    )
  },
)

const SAYS_NOTHING = is<Observation>("no message on the loser's connection", ({ kind }) => kind !== 'message')
const LEAVES_OPEN = is<Observation>(
  "the loser's connection is left for the loser to close",
  ({ kind }) => kind !== 'closed',
)
