import { describeObservation, entryOf, scenario, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'collision/lost',
    purpose:
      'In a collision with a higher address it closes the connection that it opened, silently, and answers on the other.',
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
    const at = t.higherAddress()
    const dial = await t.dial({}, { at })
    const own = await dial.connection()
    await own.await('Start-Control-Connection-Request')
    const ours = await t.connect({ from: at })
    ours.send('Start-Control-Connection-Request', startRequest())
    const first = await own.next(t.timers.close)
    t.decide('3.1.3/loser-silent', {
      ok: first.kind !== 'message',
      expected: 'no message on the connection that the loser opened',
      seen: describeObservation(first),
      entry: entryOf(first),
    })
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
