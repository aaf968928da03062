import { scenario, startRequest } from '../kit.ts'
import { expectLegalCall, isBadValue } from '../steps/calls.ts'

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
    const control = await t.connect()
    control.send('Start-Control-Connection-Request', startRequest())
    const { framingCapabilities } = (await control.await('Start-Control-Connection-Reply')).message
    const reply = await expectLegalCall(t, control, request, { framingType: value })
    if (reply === undefined || capability === undefined || (framingCapabilities & value) === 0) return
    t.decide(capability, {
      ok: !isBadValue(reply.message),
      expected: `Framing Type ${value}, which Framing Capabilities ${framingCapabilities} announces, is no bad value`,
      seen: `Result Code ${reply.message.resultCode}, Error Code ${reply.message.errorCode}`,
      entry: reply.entry,
    })
  },
)
