import {
  Decided,
  describeMessage,
  describeObservation,
  entryOf,
  Inconclusive,
  reaction,
  receivedAs,
  scenario,
} from '../kit.ts'
import { generalErrors } from '../steps/error-code.ts'
import { answersConfigure, firstData } from '../steps/lcp.ts'
import { describeSequel, sequel, watchWithoutCall } from '../steps/originator.ts'

const recipient = scenario(
  {
    id: 'outgoing-call/refused',
    purpose: 'A call request in error is answered with the error, and neither connection nor live call mind.',
    decides: ['3.2.4.1/idle-request-in-error', '3.2.1/calls-not-blocked'],
    provenBy: [
      'bad-call-closes-connection',
      'call-refusal-without-error',
      'call-refusal-undefined-result',
      'second-call-replaces-first',
    ],
    iut: 'recipient',
    needs: ['outgoing-calls', 'ppp', 'two-calls'],
  },
  async (t) => {
    const control = await t.establish()
    const first = await t.placeCall(control)
    await firstData(t, first.tunnel)
    control.send('Outgoing-Call-Request', t.callRequest({ bearerType: 0 }))
    const observation = await control.expectOneOf(
      '3.2.4.1/idle-request-in-error',
      [
        reaction.answers('Outgoing-Call-Reply', isFailure, 'Outgoing-Call-Reply reports the error'),
        reaction.answers(
          'Outgoing-Call-Reply',
          ({ resultCode, errorCode }) => (resultCode === 2 && errorCode === 0) || resultCode > 2,
          'it reports an error with codes that do not go together',
          'warn',
        ),
      ],
      t.timers.call,
    )
    const reply = receivedAs(observation, 'Outgoing-Call-Reply')
    if (reply === undefined) throw new Decided()
    if (reply.message.resultCode === 1)
      throw new Inconclusive(`the request was granted: ${describeMessage(reply.message)}`)
    const alive = (await control.isAlive()) && (await answersConfigure(t, first.tunnel))
    t.decide('3.2.1/calls-not-blocked', {
      ok: alive,
      expected: 'connection and first call go on',
      seen: alive
        ? 'Echo-Request and LCP Configure-Request are answered'
        : 'Echo-Request or LCP Configure-Request draws no answer',
      entry: reply.entry,
    })
  },
)

/** Result Codes 3 to 7 with Error Code 0, and 2 with one that is not 0 (interpretation A-15). */
function isFailure({
  resultCode,
  errorCode,
}: {
  readonly resultCode: number
  readonly errorCode: number
}): boolean {
  return resultCode === 2 ? errorCode > 0 : resultCode >= 3 && resultCode <= 7 && errorCode === 0
}

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

const originator = scenario(
  {
    id: 'outgoing-call/refused',
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

export default [recipient, originator]
