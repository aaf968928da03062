import { is, type MessageName, type Observation, observed, reaction, scenario, startReply } from '../kit.ts'
import { endsConnection, startAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'start/unexpected',
    purpose:
      'While an originator waits for the start reply, another message does not succeed and does not hang the connection.',
    decides: ['3/unexpected-message', '2.1/established-first'],
    provenBy: ['hangs-on-unexpected', 'echo-succeeds-before-start', 'accepts-before-start'],
    iut: 'originator',
    vary: {
      message: {
        'echo-request': 'Echo-Request',
        'start-request': 'Start-Control-Connection-Request',
        'stop-request': 'Stop-Control-Connection-Request',
        'stop-reply': 'Stop-Control-Connection-Reply',
        'outgoing-call-request': 'Outgoing-Call-Request',
        'outgoing-call-reply': 'Outgoing-Call-Reply',
        'incoming-call-request': 'Incoming-Call-Request',
        'set-link-info': 'Set-Link-Info',
      } as Readonly<Record<string, MessageName>>,
    },
  },
  async (t) => {
    const { message } = t.vary
    const { control } = await startAsked(t)
    control.send(message, valuesOf(message, t))
    if (message.endsWith('-Request')) {
      const answer = observed(await control.next())
      t.check('2.1/established-first', answer, noSuccess(message))
      if (endsConnection(answer.value)) {
        t.check('3/unexpected-message', answer, PASSED_OVER_OR_ENDS)
        return
      }
    }
    control.send('Start-Control-Connection-Reply', startReply())
    await control.expectOneOf('3/unexpected-message', GOES_ON_OR_ENDS, t.timers.request)
  },
)

/**
 * Values for the message: those of a call request would be granted on an established connection.
 */
function valuesOf(message: MessageName, t: { callRequest(): object }): object {
  return message === 'Outgoing-Call-Request' ? t.callRequest() : {}
}

/** Expects no success for a request; a stop request may succeed at any time. */
function noSuccess(message: MessageName) {
  return is<Observation>(
    'no Result Code 1 before the connection is established',
    (answer) => message === 'Stop-Control-Connection-Request' || !isSuccess(answer),
  )
}

function isSuccess(answer: Observation): boolean {
  return answer.kind === 'message' && 'resultCode' in answer.message && answer.message.resultCode === 1
}

const PASSED_OVER_OR_ENDS = is('the message is ignored, or ends the connection', endsConnection)

const GOES_ON_OR_ENDS = [
  reaction.answers(
    'Outgoing-Call-Request',
    () => true,
    'the implementation goes on after the start reply with Outgoing-Call-Request, and sends no other answer to the message before',
  ),
  reaction.closes(),
  reaction.stops(),
] as const
