import { reaction } from '../../harness/scenario/control.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'outgoing-call/speed-range',
    purpose: 'A Minimum BPS above the Maximum BPS is refused rather than served.',
    decides: ['2.7/speed-range'],
    provenBy: ['accepts-inverted-speeds'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    control.send('Outgoing-Call-Request', t.callRequest({ minimumBps: 64_000, maximumBps: 300 }))
    await control.expectOneOf(
      '2.7/speed-range',
      [
        reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses the call'),
        reaction.closes(),
        reaction.answers('Outgoing-Call-Reply', () => true, 'it accepts the call', 'warn'),
      ],
      t.timers.call,
    )
  },
)
