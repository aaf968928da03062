import { scenario } from '../kit.ts'
import { ACCEPTS_ALL_THE_SAME, expectRefusal } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/phone-number-length',
    purpose:
      'A Phone Number Length above the 64 octets of the field is refused rather than accepted, and new connections are still accepted.',
    decides: ['2.7/phone-number-length', '3/accepts-again'],
    provenBy: ['hangs-on-phone-number-length', 'accepts-long-phone-number'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { length: [65, 65535] },
  },
  async (t) => {
    const values = { phoneNumberLength: t.vary.length, phoneNumber: '5' }
    // Only a warning if it is accepted: in voluntary tunnelling the number is not dialled.
    const { control } = await expectRefusal(t, '2.7/phone-number-length', values, ACCEPTS_ALL_THE_SAME)
    control.reset()
    const again = await t.connect()
    again.send('Start-Control-Connection-Request')
    await again.expect('3/accepts-again', 'Start-Control-Connection-Reply')
  },
)
