import { scenario } from '../kit.ts'
import { expectLegalOffer } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/call-id',
    purpose: 'The Call ID of an incoming call may have any value.',
    decides: ['2.9/call-id-any'],
    provenBy: ['incoming-refuses-call-id-zero'],
    iut: 'both',
    needs: ['incoming-calls'],
    vary: { callId: { '0': 0, '0xFFFF': 0xffff } },
  },
  async (t) => {
    const control = await t.establish()
    await expectLegalOffer(t, control, '2.9/call-id-any', { callId: t.vary.callId })
  },
)
