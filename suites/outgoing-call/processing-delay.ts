import { scenario } from '../kit.ts'
import { expectLegalCall } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/processing-delay',
    purpose: 'A call request may have any Packet Processing Delay.',
    decides: ['2.7/processing-delay-any'],
    provenBy: ['refuses-long-delay'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { delay: { '0': 0, '1-minute': 600, '0xFFFF': 0xffff } },
  },
  async (t) => {
    const control = await t.establish()
    await expectLegalCall(t, control, '2.7/processing-delay-any', { packetProcessingDelay: t.vary.delay })
  },
)
