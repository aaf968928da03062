import { describeObservation, entryOf, scenario, startReply, startRequest } from '../kit.ts'

export default scenario(
  {
    id: 'collision/won',
    purpose:
      'In a collision with a lower address it says nothing on the other connection, leaves its end to who opened it, and goes on with its own.',
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
    const at = t.lowerAddress()
    const dial = await t.dial({}, { at })
    const own = await dial.connection()
    await own.await('Start-Control-Connection-Request')
    const ours = await t.connect({ from: at })
    ours.send('Start-Control-Connection-Request', startRequest())
    const observation = await ours.next()
    const seen = describeObservation(observation)
    const entry = entryOf(observation)
    t.decide('3.1.3/winner-silent', {
      ok: observation.kind !== 'message',
      expected: "nothing on the loser's connection",
      seen,
      entry,
    })
    t.decide('3.1.3/winner-waits-for-close', {
      ok: observation.kind !== 'closed',
      expected: "the loser's connection is left for the loser to close",
      seen,
      entry,
    })
    // As the loser does.
    ours.end()
    own.send('Start-Control-Connection-Reply', startReply())
    await own.expect(
      ['3.1.3/winner', '3.1.3/comparison', '3.1.3/winner-waits-for-reply'],
      'Outgoing-Call-Request',
      t.timers.request,
    )
  },
)
