import { scenario } from '../kit.ts'
import { expectLegalCall } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/serial-number',
    purpose: 'A call request may have any Call Serial Number.',
    decides: ['2.7/call-serial-number-any'],
    provenBy: ['refuses-serial-number-zero'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { number: { '0': 0, '0xFFFF': 0xffff } },
  },
  async (t) => {
    const control = await t.establish()
    await expectLegalCall(t, control, '2.7/call-serial-number-any', { callSerialNumber: t.vary.number })
  },
)
