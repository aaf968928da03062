import { reaction, scenario } from '../kit.ts'

export default scenario(
  {
    id: 'outgoing-call/phone-number-length',
    purpose: 'A Phone Number Length beyond the field is refused rather than accepted, and does no harm.',
    decides: ['2.7/phone-number-length', '3/accepts-again'],
    provenBy: ['hangs-on-phone-number-length', 'accepts-long-phone-number'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { length: { '65': 65, '65535': 65535 } },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    control.send(
      'Outgoing-Call-Request',
      t.callRequest({ phoneNumberLength: t.vary.length, phoneNumber: '5' }),
    )
    await control.expectOneOf(
      '2.7/phone-number-length',
      [
        reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses the call'),
        reaction.closes(),
        // Out of range, but nobody dials the number in voluntary tunnelling.
        reaction.answers('Outgoing-Call-Reply', () => true, 'it accepts the call', 'warn'),
      ],
      t.timers.call,
    )
    control.reset()
    const again = await t.connect()
    again.send('Start-Control-Connection-Request')
    await again.expect('3/accepts-again', 'Start-Control-Connection-Reply')
  },
)
