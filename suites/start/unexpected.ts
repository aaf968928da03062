import { describeObservation, entryOf, type MessageName, reaction, scenario, startReply } from '../kit.ts'
import { endsConnection, startAsked } from '../steps/originator.ts'

export default scenario(
  {
    id: 'start/unexpected',
    purpose:
      'A message other than the start reply that it waits for does not succeed, and does not hang the connection.',
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
      const answer = await control.next()
      // A stop is agreed to whenever it is asked for.
      const succeeds =
        message !== 'Stop-Control-Connection-Request' &&
        answer.kind === 'message' &&
        'resultCode' in answer.message &&
        answer.message.resultCode === 1
      t.decide('2.1/established-first', {
        ok: !succeeds,
        expected: 'no success before the connection is established',
        seen: describeObservation(answer),
        entry: entryOf(answer),
      })
      if (endsConnection(answer)) {
        t.decide('3/unexpected-message', {
          ok: true,
          expected: 'the message is passed over, or ends the connection',
          seen: describeObservation(answer),
          entry: entryOf(answer),
        })
        return
      }
    }
    control.send('Start-Control-Connection-Reply', startReply())
    await control.expectOneOf(
      '3/unexpected-message',
      [
        reaction.answers('Outgoing-Call-Request', () => true, 'it goes on with the start reply'),
        reaction.closes(),
        reaction.stops(),
      ],
      t.timers.request,
    )
  },
)

/** A call request that would be granted at another time. */
function valuesOf(message: MessageName, t: { callRequest(): object }): object {
  return message === 'Outgoing-Call-Request' ? t.callRequest() : {}
}
