import { describeObservation, entryOf } from '../../harness/scenario/observation.ts'
import { scenario } from '../catalogue.ts'
import { generalErrors } from '../error-code.ts'
import { describeSequel, sequel, watchWithoutCall } from '../originator.ts'

const REFUSALS = {
  ...generalErrors('2.8/result-general-error'),
  'no-carrier': { requirement: '2.8/result-no-carrier', values: { resultCode: 3 } },
  busy: { requirement: '2.8/result-busy', values: { resultCode: 4 } },
  'no-dial-tone': { requirement: '2.8/result-no-dial-tone', values: { resultCode: 5 } },
  'time-out': { requirement: '2.8/result-time-out', values: { resultCode: 6 } },
  'do-not-accept': { requirement: '2.8/result-do-not-accept', values: { resultCode: 7 } },
  undefined: { requirement: '2.8/result-undefined-received', values: { resultCode: 8 } },
  zero: { requirement: '2.8/result-undefined-received', values: { resultCode: 0 } },
} as const

export default scenario(
  {
    id: 'originator-call/refused',
    purpose:
      'Its call is refused: it has no call, sends nothing into a tunnel, and stops the connection before it closes it, if it does.',
    decides: [
      '2.8/result-general-error',
      '2.8/result-no-carrier',
      '2.8/result-busy',
      '2.8/result-no-dial-tone',
      '2.8/result-time-out',
      '2.8/result-do-not-accept',
      '2.8/result-undefined-received',
      '3.1.1/local-termination-stops',
    ],
    provenBy: ['uses-refused-call', 'refused-call-closes'],
    iut: 'originator',
    vary: { refusal: REFUSALS },
  },
  async (t) => {
    const { requirement, values } = t.vary.refusal
    const { dial, control } = await t.accept()
    const tunnels = await t.openTunnel()
    const request = await control.await('Outgoing-Call-Request', t.timers.request)
    const reply = t.callReply(request, values)
    control.send('Outgoing-Call-Reply', reply)
    const tunnel = tunnels.end(reply.callId, request.message.callId)
    const { data, closed } = await watchWithoutCall(t, control, tunnel)
    // What its user is told is no matter of the RFC, but worth knowing.
    const told = describeSequel(await sequel(t, dial, t.timers.close))
    t.decide(requirement, {
      ok: data === undefined,
      expected: 'no data in the tunnel of a call that was refused',
      seen: data === undefined ? `none; ${told}` : `${data.packet.payload.length} octets of data`,
      entry: data?.entry,
    })
    t.decide('3.1.1/local-termination-stops', {
      ok: closed === undefined,
      expected: 'Stop-Control-Connection-Request before the connection closes, or no close',
      seen: closed === undefined ? 'just that' : describeObservation(closed),
      entry: closed && entryOf(closed),
    })
  },
)
