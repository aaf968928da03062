import { is, type Observation, observed, scenario } from '../kit.ts'
import { collide } from '../steps/collision.ts'

export default scenario(
  {
    id: 'collision/lost',
    purpose:
      "In a collision with a peer of a higher address, the originator closes its own connection without a message, and replies on the peer's.",
    decides: [
      '3.1.1/collision-checked',
      '3.1.3/collision-detected',
      '3.1.3/winner',
      '3.1.3/loser-closes',
      '3.1.3/loser-silent',
      '3.1.3/loser-replies',
    ],
    provenBy: ['collision-loser-stays', 'collision-loser-stops', 'ignores-start'],
    iut: 'originator',
    needs: ['both-roles', 'higher-address'],
  },
  async (t) => {
    const { own, ours } = await collide(t, t.higherAddress())
    t.check('3.1.3/loser-silent', observed(await own.next(t.timers.close)), SAYS_NOTHING)
    await own.expectClose([
      '3.1.1/collision-checked',
      '3.1.3/collision-detected',
      '3.1.3/winner',
      '3.1.3/loser-closes',
    ])
    const reply = await ours.expect('3.1.3/loser-replies', 'Start-Control-Connection-Reply')
    t.field('3.1.3/loser-replies', reply, 'resultCode', 1)
  },
)

const SAYS_NOTHING = is<Observation>(
  'no message on the connection that the loser opened',
  ({ kind }) => kind !== 'message',
)
