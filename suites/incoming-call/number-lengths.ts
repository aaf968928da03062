import { reaction } from '../../harness/scenario/control.ts'
import { scenario } from '../catalogue.ts'
import { incomingRequest } from '../incoming.ts'

export default scenario(
  {
    id: 'incoming-call/number-lengths',
    purpose: 'Lengths beyond the fields of the numbers are answered or refused, and do no harm.',
    decides: ['2.9/number-lengths-received', '3/accepts-again'],
    provenBy: ['incoming-hangs-on-number-length'],
    iut: 'recipient',
    needs: ['incoming-calls'],
    vary: { length: { '65': 65, '65535': 65535 } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    const { length } = t.vary
    control.send(
      'Incoming-Call-Request',
      incomingRequest(t, { dialedNumberLength: length, dialingNumberLength: length }),
    )
    await control.expectOneOf(
      '2.9/number-lengths-received',
      [reaction.answers('Incoming-Call-Reply', () => true, 'it answers'), reaction.closes()],
      t.timers.call,
    )
    control.reset()
    const again = await t.connect()
    again.send('Start-Control-Connection-Request')
    await again.expect('3/accepts-again', 'Start-Control-Connection-Reply')
  },
)
