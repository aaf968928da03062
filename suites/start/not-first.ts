import {
  type Control,
  GeneralError,
  type Observation,
  reaction,
  receivedAs,
  scenario,
  startRequest,
  type Tester,
} from '../kit.ts'
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
    vary: { request: ['echo-request', 'outgoing-call-request', 'stop-request'] },
  },
  async (t) => {
    await t.openTunnel()
    const control = await t.connect()
    REQUESTS[t.vary.request](t, control)
    // The fence: an IUT that ignored the early message answers this one.
    control.send('Start-Control-Connection-Request', startRequest())
    const observation = await control.expectOneOf('2.1/established-first', NO_SUCCESS)
    decideErrorCode(t, '2.16/not-connected', replyIn(observation), GeneralError.notConnected)
  },
)

type Send = (
  t: Pick<Tester<string>, 'unique' | 'callRequest'>,
  control: Pick<Control<string>, 'send'>,
) => void

const REQUESTS = {
  'echo-request': (t, control) => control.send('Echo-Request', { identifier: t.unique() }),
  'outgoing-call-request': (t, control) => control.send('Outgoing-Call-Request', t.callRequest()),
  'stop-request': (_, control) => control.send('Stop-Control-Connection-Request', { reason: 1 }),
} as const satisfies Record<string, Send>

const NO_SUCCESS = [
  reaction.closes(),
  reaction.stops(),
  reaction.answers(
    'Echo-Reply',
    (reply) => reply.resultCode === 2,
    'the implementation answers with Echo-Reply, Result Code 2 (General Error)',
  ),
  reaction.answers(
    'Outgoing-Call-Reply',
    (reply) => reply.resultCode !== 1,
    'the implementation refuses the call',
  ),
  reaction.answers(
    'Stop-Control-Connection-Reply',
    (reply) => reply.resultCode === 2,
    'the implementation answers with Stop-Control-Connection-Reply, Result Code 2 (General Error)',
  ),
  // Agreeing to stop a connection that was never established grants nothing.
  reaction.answers('Stop-Control-Connection-Reply', () => true, 'the implementation agrees to close'),
  reaction.answers(
    'Start-Control-Connection-Reply',
    () => true,
    'the implementation ignores the early message',
  ),
  reaction.silence(),
] as const

/** The reply to one of the requests. */
function replyIn(observation: Observation) {
  return (
    receivedAs(observation, 'Echo-Reply') ??
    receivedAs(observation, 'Outgoing-Call-Reply') ??
    receivedAs(observation, 'Stop-Control-Connection-Reply')
  )
}
