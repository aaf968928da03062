import { GeneralError, reaction, receivedAs, scenario } from '../kit.ts'
import { REFUSES } from '../steps/calls.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'outgoing-call/call-id-in-use',
    purpose: 'A call request with the Call ID of a live call does not succeed, and a general error says why.',
    decides: ['2.7/call-id-in-use', '2.16/bad-call-id'],
    provenBy: ['accepts-duplicate-call-id', 'call-refusal-wrong-error', 'call-refusal-undefined-error'],
    iut: 'recipient',
    needs: ['outgoing-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const { tunnel } = await t.placeCall(control)
    control.send('Outgoing-Call-Request', t.callRequest({ callId: tunnel.callId }))
    const observation = await control.expectOneOf(
      '2.7/call-id-in-use',
      [REFUSES, reaction.closes(), reaction.stops()],
      t.timers.call,
    )
    const reply = receivedAs(observation, 'Outgoing-Call-Reply')
    decideErrorCode(t, '2.16/bad-call-id', reply, GeneralError.badCallId, [GeneralError.badValue])
  },
)
