import { is, scenario, wholeMessage } from '../kit.ts'
import { expectLegalCall, introduced, isBadValue } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/legal-framing',
    purpose:
      'A call request with a defined Framing Type is not refused as a bad value, above all if the start reply announced it.',
    decides: [
      '2.7/framing-asynchronous',
      '2.7/framing-synchronous',
      '2.7/framing-either',
      '2.2/framing-asynchronous',
      '2.2/framing-synchronous',
    ],
    provenBy: ['refuses-asynchronous-framing', 'refuses-synchronous-framing', 'call-reply-missing'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: {
      framing: {
        asynchronous: {
          value: 1,
          request: '2.7/framing-asynchronous',
          capability: '2.2/framing-asynchronous',
        },
        synchronous: { value: 2, request: '2.7/framing-synchronous', capability: '2.2/framing-synchronous' },
        either: { value: 3, request: '2.7/framing-either', capability: undefined },
      },
    },
  },
  async (t) => {
    const { value, request, capability } = t.vary.framing
    const { control, start } = await introduced(t)
    const announced = start.framingCapabilities
    const reply = await expectLegalCall(t, control, request, { framingType: value })
    if (reply === undefined || capability === undefined || (announced & value) === 0) return
    const expected = `no Error Code 3 (Bad-Value) for Framing Type ${value}, which Framing Capabilities ${announced} announces`
    t.check(
      capability,
      wholeMessage(reply),
      is(expected, (message) => !isBadValue(message)),
    )
  },
)
