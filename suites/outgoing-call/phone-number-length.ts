import { scenario } from '../kit.ts'
import { ACCEPTS_ALL_THE_SAME, expectRefusal } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/phone-number-length',
    purpose: 'A Phone Number Length beyond the field is refused rather than accepted, and does no harm.',
    decides: ['2.7/phone-number-length', '3/accepts-again'],
    provenBy: ['hangs-on-phone-number-length', 'accepts-long-phone-number'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { length: [65, 65535] },
  },
  async (t) => {
    const values = { phoneNumberLength: t.vary.length, phoneNumber: '5' }
    // Out of range, but nobody dials the number in voluntary tunnelling.
    const { control } = await expectRefusal(t, '2.7/phone-number-length', values, ACCEPTS_ALL_THE_SAME)
    control.reset()
    const again = await t.connect()
    again.send('Start-Control-Connection-Request')
    await again.expect('3/accepts-again', 'Start-Control-Connection-Reply')
  },
)
