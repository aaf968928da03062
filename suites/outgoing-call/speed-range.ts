import { GeneralError, scenario } from '../kit.ts'
import { ACCEPTS_ALL_THE_SAME, expectRefusal } from '../steps/calls.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'outgoing-call/speed-range',
    purpose: 'A call request whose Minimum BPS is above its Maximum BPS is refused rather than accepted.',
    decides: ['2.7/speed-range', '2.16/bad-value'],
    provenBy: ['accepts-inverted-speeds', 'call-refusal-wrong-error', 'call-refusal-undefined-error'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    const inverted = { minimumBps: 64_000, maximumBps: 300 }
    const { reply } = await expectRefusal(t, '2.7/speed-range', inverted, ACCEPTS_ALL_THE_SAME)
    decideErrorCode(t, '2.16/bad-value', reply, GeneralError.badValue)
  },
)
