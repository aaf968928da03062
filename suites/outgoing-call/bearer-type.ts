import { GeneralError, scenario } from '../kit.ts'
import { expectRefusal } from '../steps/calls.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'outgoing-call/bearer-type',
    purpose: 'A call request with an undefined Bearer Type is refused, or ends the connection.',
    decides: ['2.7/bearer-type', '2.16/bad-value'],
    provenBy: ['accepts-bad-bearer', 'call-refusal-wrong-error', 'call-refusal-undefined-error'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: { type: { '0': 0, '4': 4, '0xFFFFFFFF': 0xffffffff } },
  },
  async (t) => {
    const { reply } = await expectRefusal(t, '2.7/bearer-type', { bearerType: t.vary.type })
    decideErrorCode(t, '2.16/bad-value', reply, GeneralError.badValue)
  },
)
