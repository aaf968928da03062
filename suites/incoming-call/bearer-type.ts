import { absent, Decided, GeneralError, reaction, receivedAs, scenario } from '../kit.ts'
import { decideErrorCode } from '../steps/error-code.ts'
import { dataIn, ring, sendConnected, signOfLife } from '../steps/incoming.ts'

export default scenario(
  {
    id: 'incoming-call/bearer-type',
    purpose:
      'An Incoming-Call-Request with an undefined Bearer Type is refused, and a later Incoming-Call-Connected does not connect the call.',
    decides: ['2.9/bearer-type-received', '2.16/bad-value', '3.2.3.2/idle-refuses'],
    provenBy: ['incoming-accepts-bad-bearer', 'incoming-connects-refused'],
    iut: 'both',
    needs: ['incoming-calls', 'ppp'],
    vary: { bearer: { '0': 0, '3': 3, '0xFFFFFFFF': 0xffffffff } },
  },
  async (t) => {
    const { control, tunnels, request } = await ring(t, { callBearerType: t.vary.bearer })
    const observation = await control.expectOneOf('2.9/bearer-type-received', REFUSES, t.timers.call)
    const reply = receivedAs(observation, 'Incoming-Call-Reply')
    decideErrorCode(t, '2.16/bad-value', reply, GeneralError.badValue)
    if (reply === undefined || reply.message.resultCode === 1) throw new Decided()
    const tunnel = tunnels.end(request.callId, reply.message.callId)
    sendConnected(control, tunnel)
    const sign = dataIn(await signOfLife(t, tunnel), reply.entry)
    t.check('3.2.3.2/idle-refuses', sign, absent('no data in the tunnel: the call was refused'))
  },
)

const REFUSES = [
  reaction.answers(
    'Incoming-Call-Reply',
    (reply) => reply.resultCode !== 1,
    'the implementation refuses the call',
  ),
  reaction.closes(),
  reaction.stops(),
] as const
