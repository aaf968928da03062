import {
  absent,
  arrivalOf,
  Decided,
  describeMessage,
  type Evidence,
  holds,
  Inconclusive,
  type Observation,
  observed,
  type Received,
  reaction,
  receivedAs,
  scenario,
} from '../kit.ts'
import { bothLive, liveCall } from '../steps/calls.ts'
import { generalErrors } from '../steps/error-code.ts'
import { callAsked, describeSequel, sendCallReply, sequel, watchWithoutCall } from '../steps/originator.ts'

const recipient = scenario(
  {
    id: 'outgoing-call/refused',
    purpose:
      'A call request with a bad value is answered with an error, and disturbs neither the connection nor the live call.',
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
    const { control, tunnel } = await liveCall(t)
    control.send('Outgoing-Call-Request', t.callRequest({ bearerType: 0 }))
    const observation = await control.expectOneOf('3.2.4.1/idle-request-in-error', ERRORS, t.timers.call)
    const reply = requireRefusal(receivedAs(observation, 'Outgoing-Call-Reply'))
    const both = await bothLive(t, control, tunnel, reply.entry)
    t.check(
      '3.2.1/calls-not-blocked',
      both,
      holds('Echo-Request and, in the first call, LCP Configure-Request are answered'),
    )
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

const ERRORS = [
  reaction.answers(
    'Outgoing-Call-Reply',
    isFailure,
    'Outgoing-Call-Reply reports an error: Result Code 2 with an Error Code, or 3 to 7 with Error Code 0',
  ),
  reaction.answers(
    'Outgoing-Call-Reply',
    ({ resultCode, errorCode }) => (resultCode === 2 && errorCode === 0) || resultCode > 2,
    'the implementation reports an error with codes that do not go together',
    'warn',
  ),
] as const

/**
 * Returns the reply, which refuses the call.
 * @throws Decided when no reply came, Inconclusive when it connects the call.
 */
function requireRefusal(reply: Received<'Outgoing-Call-Reply'> | undefined) {
  if (reply === undefined) throw new Decided()
  if (reply.message.resultCode === 1)
    throw new Inconclusive(`the implementation connects the call: ${describeMessage(reply.message)}`)
  return reply
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
      'An originator whose call is refused sends nothing into the tunnel; if it closes the connection, it sends Stop-Control-Connection-Request first.',
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
    const asked = await callAsked(t)
    const tunnel = sendCallReply(asked, t.callReply(asked.request, values))
    const { data, closed } = await watchWithoutCall(t, asked.control, tunnel)
    // The RFC does not say what the user is told; the finding reports it.
    const told = describeSequel(await sequel(t, asked.dial, t.timers.close))
    const length = data?.packet.payload.length
    t.check(
      requirement,
      arrivalOf(data, `data in the tunnel (length ${length})`, `no data in the tunnel; ${told}`),
      absent('no data in the tunnel of a call that was refused'),
    )
    const expected = 'Stop-Control-Connection-Request before the connection closes, or no close'
    t.check('3.1.1/local-termination-stops', closeWithoutStop(closed), absent(expected))
  },
)

/** The close of a connection that the IUT did not ask to stop. */
function closeWithoutStop(closed: Observation | undefined): Evidence<Observation | undefined> {
  if (closed !== undefined) return observed(closed)
  return { value: closed, seen: 'no close without Stop-Control-Connection-Request' }
}

export default [recipient, originator]
