import { describeObservation, entryOf } from '../../harness/scenario/observation.ts'
import { startReply } from '../../harness/scenario/server.ts'
import { scenario } from '../catalogue.ts'
import { generalErrors } from '../error-code.ts'
import { describeSequel, sequel } from '../originator.ts'

const REFUSALS = {
  ...generalErrors('2.2/general-error-received'),
  'already-exists': { requirement: '2.2/already-exists-received', values: { resultCode: 3 } },
  'not-authorized': { requirement: '2.2/not-authorized-received', values: { resultCode: 4 } },
  version: { requirement: '2.2/version-refused-received', values: { resultCode: 5 } },
  undefined: { requirement: '2.2/undefined-result-received', values: { resultCode: 6 } },
  zero: { requirement: '2.2/undefined-result-received', values: { resultCode: 0 } },
} as const

export default scenario(
  {
    id: 'start/refused',
    purpose:
      'Its start is refused: it asks for no call, and ends the connection, with a stop request or without.',
    decides: [
      '2.2/general-error-received',
      '2.2/already-exists-received',
      '2.2/not-authorized-received',
      '2.2/version-refused-received',
      '2.2/undefined-result-received',
      '3.1.1/refusal-ends',
    ],
    provenBy: ['accepts-refused-start'],
    iut: 'originator',
    vary: { refusal: REFUSALS },
  },
  async (t) => {
    const { requirement, values } = t.vary.refusal
    const dial = await t.dial()
    const control = await dial.connection()
    await control.await('Start-Control-Connection-Request')
    control.send('Start-Control-Connection-Reply', startReply(values))
    const reaction = await control.next(t.timers.request)
    const stops = reaction.kind === 'message' && reaction.message.name === 'Stop-Control-Connection-Request'
    const ends = reaction.kind === 'closed' || stops
    if (stops) {
      control.send('Stop-Control-Connection-Reply', { resultCode: 1 })
      await control.next(t.timers.close)
    }
    // What its user is told, or that it tries again, is no matter of the RFC, but worth knowing.
    const told = ends ? `, then ${describeSequel(await sequel(t, dial, t.timers.close))}` : ''
    t.decide(requirement, {
      ok: ends || reaction.kind === 'silence',
      expected: 'nothing that takes the connection for established',
      seen: describeObservation(reaction),
      entry: entryOf(reaction),
    })
    t.decide('3.1.1/refusal-ends', {
      ok: ends,
      expected: 'the connection closes, or Stop-Control-Connection-Request',
      seen: `${describeObservation(reaction)}${told}`,
      entry: entryOf(reaction),
      // Who waits for the other to close it has a minute for that: the connection is not
      // established (section 3.1.4).
      ...(reaction.kind === 'silence' ? { otherwise: 'warn' as const } : {}),
    })
  },
)
