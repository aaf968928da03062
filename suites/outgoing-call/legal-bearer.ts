import { is, scenario, wholeMessage } from '../kit.ts'
import { expectLegalCall, introduced, isBadValue } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/legal-bearer',
    purpose:
      'A call request with a defined Bearer Type is not refused as a bad value, above all if the start reply announced it.',
    decides: [
      '2.7/bearer-analog',
      '2.7/bearer-digital',
      '2.7/bearer-any',
      '2.2/bearer-analog',
      '2.2/bearer-digital',
    ],
    provenBy: ['refuses-analog-bearer', 'refuses-digital-bearer', 'call-reply-missing'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
    vary: {
      bearer: {
        analog: { value: 1, request: '2.7/bearer-analog', capability: '2.2/bearer-analog' },
        digital: { value: 2, request: '2.7/bearer-digital', capability: '2.2/bearer-digital' },
        any: { value: 3, request: '2.7/bearer-any', capability: undefined },
      },
    },
  },
  async (t) => {
    const { value, request, capability } = t.vary.bearer
    const { control, start } = await introduced(t)
    const announced = start.bearerCapabilities
    const reply = await expectLegalCall(t, control, request, { bearerType: value })
    if (reply === undefined || capability === undefined || (announced & value) === 0) return
    const expected = `no Error Code 3 (Bad-Value) for Bearer Type ${value}, which Bearer Capabilities ${announced} announces`
    t.check(
      capability,
      wholeMessage(reply),
      is(expected, (message) => !isBadValue(message)),
    )
  },
)
