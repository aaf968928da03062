import { reaction } from '../../harness/scenario/control.ts'
import { scenario } from '../catalogue.ts'

export default scenario(
  {
    id: 'outgoing-call/phone-number',
    purpose: 'Phone Number and Subaddress may fill all of their octets.',
    decides: ['2.7/phone-number-full'],
    provenBy: ['refuses-full-phone-number'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.establish()
    control.send(
      'Outgoing-Call-Request',
      t.callRequest({ phoneNumberLength: 64, phoneNumber: '5'.repeat(64), subaddress: '7'.repeat(64) }),
    )
    await control.expectOneOf(
      '2.7/phone-number-full',
      [reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode === 1, 'it connects the call')],
      t.timers.call,
    )
  },
)
