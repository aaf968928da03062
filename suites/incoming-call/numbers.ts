import { scenario } from '../kit.ts'
import { expectLegalOffer } from '../steps/incoming.ts'

const FULL = '5'.repeat(64)

export default scenario(
  {
    id: 'incoming-call/numbers',
    purpose: 'The numbers and the Subaddress of an incoming call may fill all of their octets or be empty.',
    decides: ['2.9/numbers-any'],
    provenBy: ['incoming-refuses-full-numbers'],
    iut: 'both',
    needs: ['incoming-calls'],
    vary: {
      numbers: {
        empty: {
          dialedNumberLength: 0,
          dialedNumber: '',
          dialingNumberLength: 0,
          dialingNumber: '',
          subaddress: '',
        },
        full: {
          dialedNumberLength: 64,
          dialedNumber: FULL,
          dialingNumberLength: 64,
          dialingNumber: FULL,
          subaddress: FULL,
        },
      },
    },
  },
  async (t) => {
    const control = await t.establish()
    await expectLegalOffer(t, control, '2.9/numbers-any', t.vary.numbers)
  },
)
