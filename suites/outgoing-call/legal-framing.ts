import { is, scenario, wholeMessage } from '../kit.ts'
import { expectLegalCall, introduced, isBadValue } from '../steps/calls.ts'

export default scenario(
  {
    id: 'outgoing-call/legal-framing',
    purpose: 'No defined Framing Type is a bad value, least of all one whose capability was announced.',
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
    const expected = `Framing Type ${value}, which Framing Capabilities ${announced} announces, is no bad value`
    t.check(
      capability,
      wholeMessage(reply),
      is(expected, (message) => !isBadValue(message)),
    )
  },
)
