import { GeneralError, reaction, receivedAs, scenario, startRequest } from '../kit.ts'
import { decideErrorCode } from '../steps/error-code.ts'

export default scenario(
  {
    id: 'start/not-first',
    purpose: 'A request that comes before Start-Control-Connection-Request does not succeed.',
    decides: ['2.1/established-first', '2.16/not-connected'],
    provenBy: [
      'accepts-before-start',
      'echo-succeeds-before-start',
      'not-connected-wrong-error',
      'refusal-type-swapped',
    ],
    iut: 'recipient',
    vary: {
      request: {
        'echo-request': 'Echo-Request',
        'outgoing-call-request': 'Outgoing-Call-Request',
        'stop-request': 'Stop-Control-Connection-Request',
      },
    },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.connect()
    if (t.vary.request === 'Echo-Request') control.send('Echo-Request', { identifier: t.unique() })
    else if (t.vary.request === 'Outgoing-Call-Request')
      control.send('Outgoing-Call-Request', t.callRequest())
    else control.send('Stop-Control-Connection-Request', { reason: 1 })
    // The fence: whoever ignored the early message answers this one.
    control.send('Start-Control-Connection-Request', startRequest())
    const observation = await control.expectOneOf('2.1/established-first', [
      reaction.closes(),
      reaction.stops(),
      reaction.answers('Echo-Reply', (reply) => reply.resultCode === 2, 'it answers with General Error'),
      reaction.answers('Outgoing-Call-Reply', (reply) => reply.resultCode !== 1, 'it refuses the call'),
      reaction.answers(
        'Stop-Control-Connection-Reply',
        (reply) => reply.resultCode === 2,
        'it answers with General Error',
      ),
      // Ending what was never established is no success of anything: nothing but an agreement to
      // close.
      reaction.answers('Stop-Control-Connection-Reply', () => true, 'it agrees to close'),
      reaction.answers('Start-Control-Connection-Reply', () => true, 'it ignores the early message'),
      reaction.silence(),
    ])
    decideErrorCode(
      t,
      '2.16/not-connected',
      receivedAs(observation, 'Echo-Reply') ??
        receivedAs(observation, 'Outgoing-Call-Reply') ??
        receivedAs(observation, 'Stop-Control-Connection-Reply'),
      GeneralError.notConnected,
    )
  },
)
